package render

import (
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// The version of SARIF that is written, and the address of its schema.
const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

// Tool is what a log says about the program that wrote it.
type Tool struct {
	Version string
	URI     string               // its home
	Rule    func(diag.Code) Rule // explains a code
	// Language is that of messages and hints.
	Language diag.Language
}

// Rule is what a log says about a code.
type Rule struct {
	Title string // what its findings are about, in a few words
	URI   string // where it is explained
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               diag.Code    `json:"id"`
	ShortDescription sarifMessage `json:"shortDescription"`
	FullDescription  sarifMessage `json:"fullDescription"`
	HelpURI          string       `json:"helpUri"`
	Help             sarifMessage `json:"help"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID           diag.Code       `json:"ruleId"`
	RuleIndex        int             `json:"ruleIndex"`
	Level            string          `json:"level"`
	Message          sarifMessage    `json:"message"`
	Locations        []sarifLocation `json:"locations"`
	RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
	// Suppressions is empty for a result that counts: without it nobody would know.
	Suppressions []sarifSuppression `json:"suppressions"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	ID               *int          `json:"id,omitempty"`
	PhysicalLocation sarifPlace    `json:"physicalLocation"`
	Message          *sarifMessage `json:"message,omitempty"`
}

type sarifPlace struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

// SARIF prints the list as one log of SARIF 2.1.0, as code scanning services
// read it. Columns count characters, which the log says. A hint stands on a
// line of its own behind the message, as SARIF has no place for advice that
// is not a finished edit. What is accepted is suppressed in its source.
func SARIF(w io.Writer, list diag.List, tool Tool) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "slojourn", Version: tool.Version, InformationURI: tool.URI, Rules: []sarifRule{},
		}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	var codes []diag.Code
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for _, code := range codes {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(code, tool))
	}
	for _, d := range list {
		index, _ := slices.BinarySearch(codes, d.Code)
		run.Results = append(run.Results, sarifResultOf(d, index, tool.Language))
	}
	return Encode(w, sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
}

func sarifRuleOf(code diag.Code, tool Tool) sarifRule {
	rule := tool.Rule(code)
	title := sarifText(rule.Title)
	return sarifRule{
		ID: code, ShortDescription: title, FullDescription: title, HelpURI: rule.URI,
		Help: sarifText(diag.Say("see %s, or run `slojourn explain %s`", rule.URI, code).In(tool.Language)),
	}
}

func sarifResultOf(d diag.Diagnostic, ruleIndex int, l diag.Language) sarifResult {
	result := sarifResult{
		RuleID: d.Code, RuleIndex: ruleIndex, Level: sarifLevel(d.Severity),
		Message:   sarifText(withHint(d, l)),
		Locations: []sarifLocation{}, Suppressions: []sarifSuppression{},
	}
	if d.Accepted() { // the text is a plain one, in which nothing is escaped
		result.Suppressions = append(result.Suppressions, sarifSuppression{"inSource", Plain(d.Acceptance)})
	}
	if d.Span.File != "" {
		result.Locations = append(result.Locations, sarifLocation{PhysicalLocation: sarifPlaceOf(d.Span)})
	}
	for i, r := range d.Related {
		if r.Span.File == "" {
			continue
		}
		id, message := i+1, sarifText(clean(Mask(r.Message.In(l))))
		result.RelatedLocations = append(result.RelatedLocations, sarifLocation{
			ID: &id, PhysicalLocation: sarifPlaceOf(r.Span), Message: &message,
		})
	}
	return result
}

// sarifText escapes what has a meaning in a message: braces, which hold
// placeholders, are doubled, and [text](target), which is a link, is broken.
func sarifText(text string) sarifMessage {
	return sarifMessage{strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(text)}
}

// withHint joins message and hint for formats that have one text only.
func withHint(d diag.Diagnostic, l diag.Language) string {
	text := clean(Mask(d.Message.In(l)))
	if !d.Hint.Empty() {
		text += "\n" + hint(clean(Mask(d.Hint.In(l))), l)
	}
	return text
}

func sarifLevel(s diag.Severity) string {
	if s == diag.Info {
		return "note"
	}
	return s.String()
}

func sarifPlaceOf(s diag.Span) sarifPlace {
	place := sarifPlace{ArtifactLocation: sarifArtifact{fileURI(s.File)}}
	if s.Start.Known() {
		place.Region = &sarifRegion{
			StartLine: s.Start.Line, StartColumn: s.Start.Column, EndLine: s.End.Line, EndColumn: s.End.Column,
		}
	}
	return place
}

// fileURI returns the address of a file: relative as it was named, so that a
// service finds it from the root of the repository, or absolute.
func fileURI(name string) string {
	u := url.URL{Path: path.Clean(name)}
	if path.IsAbs(name) {
		u.Scheme = "file"
	}
	return u.String()
}
