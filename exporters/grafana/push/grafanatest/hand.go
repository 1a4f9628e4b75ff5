package grafanatest

import "fmt"

// Save saves a dashboard as somebody does at a screen: content with its uid, in a folder.
func (s *Server) Save(content map[string]any, folder, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(content["uid"].(string), clone(content), folder, Human, message)
}

// Edit changes a dashboard by hand.
func (s *Server) Edit(uid, message string, change func(content map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dashboards[uid]
	content := clone(d.newest().content)
	change(content)
	s.put(uid, content, d.folder, Human, message)
}

// Patch changes a dashboard as the screens of Grafana from 12 on may do: the message of
// the version before stays.
func (s *Server) Patch(uid string, change func(content map[string]any)) {
	s.mu.Lock()
	message := s.dashboards[uid].newest().message
	s.mu.Unlock()
	s.Edit(uid, message, change)
}

// Restore makes a version of a dashboard, from 1 on, the newest again.
func (s *Server) Restore(uid string, version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dashboards[uid]
	s.put(uid, clone(d.versions[version-1].content), d.folder, Human, fmt.Sprintf("Restored from version %d", version))
}

// Remove deletes a dashboard by hand.
func (s *Server) Remove(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dashboards, uid)
}

// Provision makes a dashboard one that comes from files.
func (s *Server) Provision(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dashboards[uid].provisioned = true
}

// Folder creates or renames a folder by hand.
func (s *Server) Folder(uid, title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[uid]
	if f == nil {
		f = &folder{createdBy: Human}
		s.folders[uid] = f
	}
	f.title, f.updatedBy = title, Human
	f.version++
}

// Folders are the titles of folders, by uid.
func (s *Server) Folders() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	titles := map[string]string{}
	for uid, f := range s.folders {
		titles[uid] = f.title
	}
	return titles
}

// Dashboard is one that the server has.
type Dashboard struct {
	Content map[string]any
	Folder  string
	Version int
	By      string // who saved the version
	Message string
}

// Dashboards are all, by uid.
func (s *Server) Dashboards() map[string]Dashboard {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]Dashboard{}
	for uid, d := range s.dashboards {
		last := d.newest()
		all[uid] = Dashboard{clone(last.content), d.folder, len(d.versions), last.by, last.message}
	}
	return all
}
