package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// pushReport says what a push does and has done.
type pushReport struct {
	w      io.Writer
	plan   *push.Plan
	dryRun bool
}

// signOf is what a line about an action begins with; "" when there is none.
func signOf(action push.Action) string {
	switch action {
	case push.Create:
		return "+"
	case push.Update:
		return "~"
	case push.Delete:
		return "-"
	case push.Refused, push.Failed:
		return "!"
	}
	return ""
}

// printPlan prints a line for each folder and dashboard that something will happen to, and
// below it what changes.
func (r *pushReport) printPlan() error {
	var text strings.Builder
	line := func(format string, args ...any) { text.WriteString(render.Plain(fmt.Sprintf(format, args...)) + "\n") }
	r.each(func(place string, i *push.Item) {
		sign := signOf(i.Action)
		switch {
		case sign == "":
			return
		case i.Reason != "":
			line("%s %s: %s", sign, place, i.Reason)
		case i.Action == push.Failed:
			line("%s %s: cannot be read", sign, place)
		default:
			line("%s %s", sign, place)
		}
		for _, change := range i.Changes {
			line("    %s", change)
		}
	})
	if n := r.plan.Count(push.Keep); n > 0 && r.dryRun {
		line("= %d as they should be", n)
	}
	_, err := io.WriteString(r.w, text.String())
	return err
}

// each goes through folders and dashboards, with what people call them.
func (r *pushReport) each(do func(place string, i *push.Item)) {
	for i := range r.plan.Folders {
		do("folder "+r.plan.Folders[i].Title, &r.plan.Folders[i])
	}
	for i := range r.plan.Dashboards {
		item := &r.plan.Dashboards[i]
		place := item.Title
		if item.Folder != "" {
			place = item.Folder + " / " + place
		}
		if item.Name != item.Title {
			place += " (" + item.Name + ")"
		}
		do(place, item)
	}
}

// mostListed is how many names a line has, and how many failures are told.
const mostListed = 20

// printOutcome prints what was done, by name, and how much that was; of a dry run, what
// would be.
func (r *pushReport) printOutcome() error {
	if r.dryRun {
		_, err := fmt.Fprintf(r.w, "dry run: %d to create, %d to update, %d to delete, %d refused, %d failed; nothing was changed\n",
			r.plan.Count(push.Create), r.plan.Count(push.Update), r.plan.Count(push.Delete), r.plan.Count(push.Refused), r.plan.Count(push.Failed))
		return err
	}
	names := map[push.Outcome][]string{}
	for i := range r.plan.Folders {
		f := &r.plan.Folders[i]
		names[f.Outcome()] = append(names[f.Outcome()], "folder "+f.Title)
	}
	for i := range r.plan.Dashboards {
		d := &r.plan.Dashboards[i]
		name := d.Name
		if name == d.UID && d.Title != "" {
			name = d.Title
		}
		names[d.Outcome()] = append(names[d.Outcome()], name)
	}
	var text strings.Builder
	for _, outcome := range []push.Outcome{push.WasCreated, push.WasUpdated, push.WasDeleted, push.WasUnchanged, push.WasRefused, push.HasFailed, push.WasNotTried} {
		if list := names[outcome]; len(list) > 0 {
			more := ""
			if n := len(list) - mostListed; n > 0 {
				list, more = list[:mostListed], fmt.Sprintf(" and %d more", n)
			}
			text.WriteString(render.Plain(fmt.Sprintf("%s: %s%s", outcome, strings.Join(list, ", "), more)) + "\n")
		}
	}
	fmt.Fprintf(&text, "%d created, %d updated, %d deleted, %d refused, %d failed",
		len(names[push.WasCreated]), len(names[push.WasUpdated]), len(names[push.WasDeleted]), len(names[push.WasRefused]), len(names[push.HasFailed]))
	if n := len(names[push.WasNotTried]); n > 0 {
		fmt.Fprintf(&text, ", %d not tried", n)
	}
	_, err := io.WriteString(r.w, text.String()+"\n")
	return err
}

// pushDocument is what -o json prints.
type pushDocument struct {
	Schema     string     `json:"schema"`
	DryRun     bool       `json:"dryRun"`
	Error      string     `json:"error,omitempty"` // about all
	Folders    []pushItem `json:"folders"`
	Dashboards []pushItem `json:"dashboards"`
}

type pushItem struct {
	Action  push.Action  `json:"action"`
	Outcome push.Outcome `json:"outcome,omitempty"` // not of a dry run
	Name    string       `json:"name"`
	UID     string       `json:"uid"`
	Title   string       `json:"title"`
	Folder  string       `json:"folder,omitempty"`
	Changes []string     `json:"changes,omitempty"`
	Reason  string       `json:"reason,omitempty"`
	Remedy  string       `json:"remedy,omitempty"`
	Done    bool         `json:"done"`
	Error   string       `json:"error,omitempty"`
}

// printJSON prints everything, also when something about all has stopped it.
func (r *pushReport) printJSON(stopped error) error {
	convert := func(items []push.Item) []pushItem {
		converted := []pushItem{}
		for _, i := range items {
			item := pushItem{i.Action, i.Outcome(), i.Name, i.UID, i.Title, i.Folder, i.Changes, i.Reason, i.Remedy, i.Done, ""}
			if r.dryRun {
				item.Outcome = ""
			}
			if i.Err != nil {
				item.Error = i.Err.Error()
			}
			converted = append(converted, item)
		}
		return converted
	}
	document := pushDocument{"slojourn.push/v1", r.dryRun, "", convert(r.plan.Folders), convert(r.plan.Dashboards)}
	if stopped != nil {
		document.Error = stopped.Error()
	}
	encoder := json.NewEncoder(r.w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

// outcome is how a push ends: with what stopped it or failed, or with what was refused.
func (r *pushReport) outcome(stopped error) error {
	var failures, refusals []error
	r.each(func(place string, i *push.Item) {
		switch {
		case i.Action == push.Refused:
			refusals = append(refusals, fmt.Errorf("%s is left as it is: %s; %s", place, i.Reason, i.Remedy))
		case i.Err != nil && (stopped == nil || i.Err.Error() != stopped.Error()): // else that was said
			failures = append(failures, fmt.Errorf("%s: %w", place, i.Err))
		}
	})
	code := exitFailed
	if stopped == nil && len(failures) == 0 {
		code = exitFindings
	}
	told := append(failures, refusals...)
	if n := len(told) - mostListed; n > 0 {
		told = append(told[:mostListed:mostListed], fmt.Errorf("%d more have failed or are left as they are: -o json lists all", n))
	}
	if stopped != nil {
		told = append([]error{stopped}, told...)
	}
	if len(told) == 0 {
		return nil
	}
	return &exitError{code, errors.Join(told...)}
}
