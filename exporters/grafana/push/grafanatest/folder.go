package grafanatest

import (
	"encoding/json"
	"net/http"
	"strconv"
)

type folder struct {
	title                string
	version              int64
	createdBy, updatedBy string
}

func (s *Server) serveFolder(w http.ResponseWriter, method string, parts []string, body object) {
	title, _ := body["title"].(string)
	uid, _ := body["uid"].(string)
	if len(parts) == 1 {
		uid = parts[0]
	}
	f := s.folders[uid]
	const taken = "a folder with the same name already exists in the current location"
	switch {
	case method == http.MethodPost && s.may(w, "folders:create"):
		switch {
		case f != nil && s.Since13:
			refuse(w, http.StatusPreconditionFailed, "version-mismatch", "the folder has been changed by someone else")
		case f != nil:
			refuse(w, http.StatusConflict, "", "a folder/dashboard with the same uid already exists")
		case s.Before113 && s.titled(uid, title):
			refuse(w, http.StatusConflict, "", taken)
		default:
			s.folders[uid] = &folder{title: title, version: 1, createdBy: s.Login, updatedBy: s.Login}
			answer(w, http.StatusOK, s.shown(uid))
		}
	case method == http.MethodGet && f == nil && s.Since13:
		answer(w, http.StatusForbidden, object{
			"accessErrorId": "ACE0123456789", "title": "Access denied",
			"message": "You'll need additional permissions to perform this action. Permissions needed: folders:read",
		})
	case method == http.MethodGet && s.may(w, "folders:read"):
		if f == nil {
			refuse(w, http.StatusNotFound, "not-found", "folder not found")
			return
		}
		answer(w, http.StatusOK, s.shown(uid))
	case method == http.MethodPut && s.may(w, "folders:write"):
		version, _ := body["version"].(json.Number)
		overwrite, _ := body["overwrite"].(bool)
		switch {
		case f == nil:
			refuse(w, http.StatusNotFound, "not-found", "folder not found")
		case !overwrite && version.String() != strconv.FormatInt(f.version, 10):
			refuse(w, http.StatusPreconditionFailed, "version-mismatch", "the folder has been changed by someone else")
		case s.Before113 && s.titled(uid, title):
			refuse(w, http.StatusConflict, "", taken)
		default:
			f.title, f.updatedBy = title, s.Login
			f.version++
			answer(w, http.StatusOK, s.shown(uid))
		}
	}
}

// titled reports whether another folder has a title.
func (s *Server) titled(uid, title string) bool {
	for other, f := range s.folders {
		if other != uid && f.title == title {
			return true
		}
	}
	return false
}

func (s *Server) shown(uid string) object {
	f := s.folders[uid]
	return object{"uid": uid, "title": f.title, "version": f.version, "createdBy": f.createdBy, "updatedBy": f.updatedBy, "created": "2026-11-22T09:00:00Z"}
}
