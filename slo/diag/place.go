package diag

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// secretKey matches a key that names a secret, up to the blanks behind its
// colon: apiKey, HMAC-key, "routing_key", webhook, token and the like. A sign
// of equality makes a key only of those names that no attribute has.
var secretKey = regexp.MustCompile(`(?i)[\w-]*(?:` +
	`(?:(?:api|hmac|routing|licen[cs]e|ingest|access|private)[_-]?|[a-z]+_?)k(?:e?y|ye)s?\\?["'` + "`" + `]?[ \t]*(?:[:=])` +
	`|(?:webhook|token|passw(?:or)?d|secret)[_-]?(?:url|value|id)?s?\\?["'` + "`" + `]?[ \t]*:)[ \t]*`)

// secretParameter matches a parameter of an address that holds a secret.
var secretParameter = regexp.MustCompile(`(?i)([?&;][\w.-]*(?:token|key|secret|passw(?:or)?d|signature)=)[^\s&#"'` + "`" + `]+`)

var (
	variableName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
	fileName     = regexp.MustCompile(`^[\w./-]+$`)
	nodeProperty = regexp.MustCompile(`^(?:!\S*|&[^\s,\]}]+)[ \t]*`)
	entryKey     = regexp.MustCompile(`^[\s,\[-]*["']?([\w-]+)["']?[ \t]*:(?:[ \t]+|$)`)
	plainKey     = regexp.MustCompile(`^[A-Za-z]{1,12}$`)
	notSecret    = regexp.MustCompile(`^(?:\$\{?[A-Z][A-Z0-9]*_[A-Z0-9_]*\}?|~|null|true|false)?$`)
)

// HiddenSecrets returns what must not be shown of a text, in its order: what
// [FindSecrets] knows by its form, and what stands behind a key that names a
// secret, on its line or on the deeper lines below. References such as
// {env: NEW_RELIC_API_KEY} are none.
func HiddenSecrets(text string) []Secret {
	found := FindSecrets(text)
	for _, m := range secretParameter.FindAllStringSubmatchIndex(text, -1) {
		found = append(found, Secret{Start: m[0], Kept: m[3], End: m[1]})
	}
	for start := 0; start < len(text); {
		end := lineEnd(text, start)
		found = append(found, placedIn(text, start, end)...)
		start = end + 1
	}
	return joined(found)
}

// placedIn returns the secrets that stand behind keys of the line [start, end).
// Each character is read once, however many keys the line has.
func placedIn(text string, start, end int) []Secret {
	var found []Secret
	open, counted, done := 0, start, start
	for _, m := range secretKey.FindAllStringIndex(text[start:end], -1) {
		key, value := start+m[0], start+m[1]
		if key < done || strings.HasPrefix(text[value:], "//") { // read already, or the scheme of an address
			continue
		}
		for ; counted < key; counted++ {
			switch text[counted] {
			case '{', '[':
				open++
			case '}', ']':
				open--
			}
		}
		p := placed{text: text, at: value, flow: open > 0}
		p.read(start, end)
		found, done = append(found, p.found...), p.at
	}
	return found
}

// joined sorts secrets and makes one of those that overlap. What the form of
// the first says about its kind is kept.
func joined(found []Secret) []Secret {
	slices.SortFunc(found, func(a, b Secret) int { return cmp.Or(a.Start-b.Start, b.Kept-a.Kept, b.End-a.End) })
	var result []Secret
	for _, s := range found {
		s.Kept = max(s.Kept, s.Start)
		if n := len(result); n > 0 && s.Start < result[n-1].End {
			result[n-1].End = max(result[n-1].End, s.End)
			continue
		}
		result = append(result, s)
	}
	return result
}

// placed reads the value of a key that names a secret.
type placed struct {
	text  string
	at    int
	flow  bool // the value stands within braces or brackets
	found []Secret
}

// read reads the value behind a key of the line [start, end).
func (p *placed) read(start, end int) {
	for m := ""; ; p.at += len(m) {
		if m = nodeProperty.FindString(p.text[p.at:end]); m == "" {
			break
		}
	}
	rest := strings.TrimSpace(p.text[p.at:end])
	if rest == "" || rest == "{" || rest == "[" || strings.HasPrefix(rest, "#") ||
		(rest[0] == '|' || rest[0] == '>') && len(strings.TrimRight(rest, "+-0123456789")) == 1 {
		at := p.at
		p.below(indent(p.text[start:end]), end)
		p.at = at // a comment on those lines may hold another key
		return
	}
	p.value("", end)
}

// below reads the lines below a key whose line is indented by depth and ends
// at end. The first with text may stand as deep as the key: YAML refuses it.
func (p *placed) below(depth, end int) {
	for first := true; end < len(p.text); {
		start := end + 1
		end = lineEnd(p.text, start)
		line := p.text[start:end]
		if strings.TrimSpace(line) == "" {
			continue
		}
		if indent(line) <= depth && (!first || entryKey.MatchString(line) || strings.HasPrefix(line, "---")) {
			return
		}
		first = false
		p.at, p.flow = start, false
		p.entry(end)
	}
}

// entry reads a value with the key before it, if there is one.
func (p *placed) entry(end int) {
	key := ""
	if m := entryKey.FindStringSubmatchIndex(p.text[p.at:end]); m != nil {
		if key = p.text[p.at+m[2] : p.at+m[3]]; !plainKey.MatchString(key) {
			p.hide("", p.at+m[2], p.at+m[3])
		}
		p.at += m[1]
	}
	p.at += len(p.text[p.at:end]) - len(strings.TrimLeft(p.text[p.at:end], " \t-,"))
	p.value(key, end)
}

// value reads one value up to end and stands behind it then.
func (p *placed) value(key string, end int) {
	if p.at >= end {
		return
	}
	switch first := p.text[p.at]; first {
	case '"', '\'':
		start := p.at + 1
		for p.at++; p.at < end && p.text[p.at] != first; p.at++ {
			if first == '"' && p.text[p.at] == '\\' {
				p.at++
			}
		}
		p.at = min(p.at, end)
		p.hide(key, start, p.at)
		p.at = min(p.at+1, end)
	case '{', '[':
		p.flow = true
		for p.at++; p.at < end && p.text[p.at] != '}' && p.text[p.at] != ']'; {
			before := p.at
			p.entry(end)
			if p.at == before {
				p.at++
			}
		}
		p.at = min(p.at+1, end)
	default:
		start := p.at
		if first == '*' {
			start++ // an alias, or a secret that looks like one
		}
		for p.at < end && !p.ends() {
			p.at++
		}
		p.hide(key, start, start+len(strings.TrimRight(p.text[start:max(start, p.at)], " \t\r")))
	}
}

// ends reports whether a value without quotes ends here.
func (p *placed) ends() bool {
	c := p.text[p.at]
	return p.flow && strings.IndexByte(",}]", c) >= 0 || c == '#' && strings.IndexByte(" \t", p.text[p.at-1]) >= 0
}

func (p *placed) hide(key string, start, end int) {
	value := p.text[start:end]
	switch {
	case notSecret.MatchString(value), strings.Trim(value, " \t\r{}[],`…") == "":
	case key == "env" && variableName.MatchString(value), key == "file" && fileName.MatchString(value), key == "url":
	default:
		p.found = append(p.found, Secret{Start: start, Kept: start, End: end})
	}
}

func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(text)
}

// indent counts the blanks that a line begins with, and what a difference of
// two files writes before it.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " +-")) }
