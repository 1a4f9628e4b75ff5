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

// printPlan prints a line for each folder and dashboard that something happens to, and
// below it what changes.
func (r *pushReport) printPlan() error {
	var text strings.Builder
	line := func(format string, args ...any) { text.WriteString(render.Plain(fmt.Sprintf(format, args...)) + "\n") }
	r.each(func(place string, i *push.Item) {
		sign := signOf(i.Action)
		switch {
		case sign == "":
			return
		case i.Action == push.Refused:
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
	if n := r.plan.Count(push.Keep); n > 0 {
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

// printSummary prints how many were created, updated and so on.
func (r *pushReport) printSummary() error {
	if r.dryRun {
		_, err := fmt.Fprintf(r.w, "dry run: %d to create, %d to update, %d to delete, %d refused; nothing was changed\n",
			r.plan.Count(push.Create), r.plan.Count(push.Update), r.plan.Count(push.Delete), r.plan.Count(push.Refused))
		return err
	}
	done := map[push.Action]int{}
	undone := 0
	r.each(func(_ string, i *push.Item) {
		switch {
		case i.Done:
			done[i.Action]++
		case i.Action != push.Keep && i.Action != push.Refused:
			undone++
		}
	})
	_, err := fmt.Fprintf(r.w, "%d created, %d updated, %d deleted, %d refused, %d failed\n",
		done[push.Create], done[push.Update], done[push.Delete], r.plan.Count(push.Refused), undone)
	return err
}

// pushDocument is what -o json prints.
type pushDocument struct {
	Schema     string     `json:"schema"`
	DryRun     bool       `json:"dryRun"`
	Folders    []pushItem `json:"folders"`
	Dashboards []pushItem `json:"dashboards"`
}

type pushItem struct {
	Action  push.Action `json:"action"`
	Name    string      `json:"name"`
	UID     string      `json:"uid"`
	Title   string      `json:"title"`
	Folder  string      `json:"folder,omitempty"`
	Changes []string    `json:"changes,omitempty"`
	Reason  string      `json:"reason,omitempty"`
	Remedy  string      `json:"remedy,omitempty"`
	Done    bool        `json:"done"`
	Error   string      `json:"error,omitempty"`
}

func (r *pushReport) printJSON() error {
	convert := func(items []push.Item) []pushItem {
		converted := []pushItem{}
		for _, i := range items {
			item := pushItem{i.Action, i.Name, i.UID, i.Title, i.Folder, i.Changes, i.Reason, i.Remedy, i.Done, ""}
			if i.Err != nil {
				item.Error = i.Err.Error()
			}
			converted = append(converted, item)
		}
		return converted
	}
	encoder := json.NewEncoder(r.w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(pushDocument{"slojourn.push/v1", r.dryRun, convert(r.plan.Folders), convert(r.plan.Dashboards)})
}

// outcome is how a push ends: with what stopped it or failed, or with what was refused.
func (r *pushReport) outcome(stopped error) error {
	var failures, refusals []error
	r.each(func(place string, i *push.Item) {
		switch {
		case i.Action == push.Refused:
			refusals = append(refusals, fmt.Errorf("%s is left as it is: %s; %s", place, i.Reason, i.Remedy))
		case i.Err != nil && stopped == nil:
			failures = append(failures, fmt.Errorf("%s: %w", place, i.Err))
		}
	})
	switch {
	case stopped != nil:
		return stopped
	case len(failures) > 0:
		return failed(errors.Join(append(failures, refusals...)...))
	case len(refusals) > 0:
		return &exitError{exitFindings, errors.Join(refusals...)}
	}
	return nil
}
