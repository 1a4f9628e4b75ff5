package push

import (
	"encoding/json"
	"fmt"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/internal/httpclient"
)

// Action is what happens to a folder or a dashboard.
type Action string

// The actions. A refused item stays as it is; one that failed could not be read.
const (
	Create  Action = "create"
	Update  Action = "update"
	Keep    Action = "keep"
	Delete  Action = "delete"
	Refused Action = "refuse"
	Failed  Action = "fail"
)

// Outcome is what has happened to a folder or a dashboard.
type Outcome string

// The outcomes. Not tried is what was still to be done when a push ended early.
const (
	WasCreated   Outcome = "created"
	WasUpdated   Outcome = "updated"
	WasDeleted   Outcome = "deleted"
	WasUnchanged Outcome = "unchanged"
	WasRefused   Outcome = "refused"
	HasFailed    Outcome = "failed"
	WasNotTried  Outcome = "not tried"
)

// Item is a folder or a dashboard, and what happens to it.
type Item struct {
	Action  Action
	Name    string // as --force takes it: an id, overview, review, or the uid
	UID     string
	Title   string
	Folder  string   // title of a dashboard's, "" when it is not known
	Changes []string // what an update is about, in words
	Reason  string   // why it is refused or deleted
	Remedy  string   // of what is refused

	Done bool  // by [Client.Apply]
	Err  error // why it failed

	have     *stored            // what is there
	digest   string             // that it was signed with
	unedited bool               // it is as slojourn has saved it
	unread   bool               // a folder that may be there and not be read
	version  int64              // of what is replaced or deleted
	content  json.RawMessage    // of what is sent
	wanted   string             // the digest of that
	summary  string             // of what it changes
	message  string             // of the version that it makes
	into     string             // uid of the folder
	retitled *grafana.Dashboard // what is sent, where its title or folder is another than before
	aside    bool               // what is there has a title now that nobody wants
}

// forget drops the content of what is there.
func (i *Item) forget() {
	if i.have != nil {
		i.have.content = nil
	}
}

// Outcome returns what has happened to an item, after [Client.Apply].
func (i *Item) Outcome() Outcome {
	switch {
	case i.Action == Refused:
		return WasRefused
	case i.Action == Failed, i.Err != nil:
		return HasFailed
	case i.Action == Keep:
		return WasUnchanged
	case !i.Done:
		return WasNotTried
	case i.Action == Create:
		return WasCreated
	case i.Action == Delete:
		return WasDeleted
	}
	return WasUpdated
}

// where is the folder of a dashboard, for the end of a sentence.
func (i *Item) where() string {
	if i.Folder == "" {
		return ""
	}
	return fmt.Sprintf(" in the folder %q", i.Folder)
}

// holds keeps what is sent: a dashboard with the version that it replaces, and with the
// message of the version that it makes.
func (i *Item) holds(d *grafana.Dashboard, summary string) error {
	digest, _ := grafana.Signed(d.Description, d.UID)
	content, err := json.Marshal(struct {
		*grafana.Dashboard
		Version int64 `json:"version,omitempty"`
	}{d, i.version})
	i.content, i.wanted, i.summary, i.message = content, digest, summary, message(summary, digest, i.version+1)
	return err
}

func (i *Item) refuse(reason, then string) {
	i.Action, i.Reason = Refused, reason
	if then != "" {
		i.Remedy = "--force " + i.Name + " " + then
	}
}

// fail keeps an error that is about one item, and returns one that is about all.
func (i *Item) fail(err error) error {
	if aboutAll(err) {
		return err
	}
	i.Action, i.Err = Failed, err
	return nil
}

func somebody(login string) string {
	if login == "" {
		return "somebody"
	}
	return httpclient.Shorten(login, maxValue)
}
