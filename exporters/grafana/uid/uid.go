// Package uid names the dashboards and folders of package grafana: whoever knows an id
// knows where its dashboard is.
package uid

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// The dashboards of everything.
const (
	Overview = "slojourn-overview"
	Review   = "slojourn-review"
)

// Fleet is the folder of the dashboards of everything.
const Fleet = "slojourn"

// Of returns the uid of the dashboard of a journey, a step or an SLO, by its id: the same
// whatever its title, owner and language are. It has 33 characters, of the 40 that Grafana
// allows.
func Of(id string) string { return hashed("id", id) }

// Folder returns the uid of the folder of a team, by its name.
func Folder(team string) string { return hashed("team", team) }

// IsFolder reports whether a uid is that of a folder of slojourn's, of whatever team.
func IsFolder(uid string) bool {
	hash, ok := strings.CutPrefix(uid, prefix)
	return uid == Fleet || ok && len(hash) == 24 && strings.Trim(hash, "0123456789abcdef") == ""
}

const prefix = "slojourn-"

// hashed has 96 bits of a hash: among a million of ids two are alike with a probability
// of one in 10^17.
func hashed(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return prefix + hex.EncodeToString(sum[:12])
}
