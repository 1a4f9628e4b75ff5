package server

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// errorSchema is the name and version of the document that the API sends in
// the place of an answer.
const errorSchema = "slojourn.error/v1"

type errorDocument struct {
	Schema string    `json:"schema"`
	Errors []problem `json:"errors"`
}

// problem says what is wrong with a request, or why it cannot be answered.
type problem struct {
	Message   string   `json:"message"`
	Parameter string   `json:"parameter,omitempty"` // of the query
	Value     string   `json:"value,omitempty"`
	Allowed   []string `json:"allowed,omitempty"` // values, or parameters where the parameter is what is wrong
}

// fail answers with problems: as JSON to those who ask the API, else as text.
func fail(w http.ResponseWriter, r *http.Request, status int, problems ...problem) {
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.Message
		}
		text(w, status, strings.Join(lines, "\n"))
		return
	}
	var body bytes.Buffer
	if err := render.Encode(&body, errorDocument{errorSchema, problems}); err != nil {
		text(w, http.StatusInternalServerError, err.Error())
		return
	}
	write(w, status, "application/json", body.Bytes())
}

// text answers with lines that people read.
func text(w http.ResponseWriter, status int, message string) {
	lines := strings.Split(strings.TrimRight(message, "\n"), "\n")
	for i, line := range lines {
		lines[i] = render.Plain(line)
	}
	write(w, status, "text/plain; charset=utf-8", []byte(strings.Join(lines, "\n")+"\n"))
}

// write sends an answer that is known as a whole. A client that went away
// needs no error.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // as above
}

// quoted is what a client wrote, as it may be shown again.
func quoted(value string) string { return fmt.Sprintf("%q", shown(value)) }

// shown cuts what a client wrote.
func shown(value string) string {
	const most = 80
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return render.Plain(value)
}
