package spec

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// scalar reads a single value, whatever it is; others are reported.
func (d *decoder) scalar(node *yaml.Node, what diag.Phrase) diag.Located[string] {
	node = follow(node)
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		d.wrongType(node, what, yaml.ScalarNode)
		return diag.Located[string]{}
	}
	span := d.nodeSpan(node)
	if strings.TrimSpace(node.Value) == "" {
		d.list.Errorf(diag.CodeMissing, span, diag.Say("write a value"), "%s is empty", what)
		return diag.Located[string]{}
	}
	return diag.At(node.Value, span)
}

// text reads a key that holds a single value, and checks what its shape
// demands. One that cannot be used, which is reported, is written and empty:
// it is not missing as well.
func (o *object) text(name string) diag.Located[string] {
	if _, known := o.definition.key(name); !known || !o.has(name) {
		return diag.Located[string]{}
	}
	if node, v, found := o.field(name); found {
		if text := o.d.checked(node, v, diag.Verbatim(name)); text.Written() {
			return text
		}
	}
	return diag.Located[string]{Span: o.keySpan(name)}
}

// texts reads a key that holds a list of single values.
func (o *object) texts(name string) []diag.Located[string] {
	items, v := o.list(name)
	var texts []diag.Located[string]
	for _, item := range items {
		if text := o.d.checked(item, v, diag.Say("an entry of %s", name)); text.Written() {
			texts = append(texts, text)
		}
	}
	return texts
}

// checked reads a single value and reports what its shape forbids. The result
// is not written when its shape cannot use it.
func (d *decoder) checked(node *yaml.Node, v value, what diag.Phrase) diag.Located[string] {
	node = follow(node)
	text := d.scalar(node, what)
	if !text.Written() {
		return text
	}
	switch v.shape {
	case shapeText, shapeLine:
		d.checkText(node, v.shape == shapeLine)
	case shapeInteger, shapeCount, shapeNumber, shapeTarget:
		text.Value = decimalOf(node)
	case shapeName:
		if err := slo.CheckName(text.Value); err != nil {
			d.problem(diag.CodeName, text.Span, err)
		}
	case shapeLink:
		d.checkText(node, true)
		d.checkLink(text)
	case shapeAddress:
		if !d.checkAddress(text, what) {
			return diag.Located[string]{}
		}
	case shapeGlob:
		if !pattern.MatchString(text.Value) {
			d.list.Errorf(diag.CodeValue, text.Span, diag.Say("write an id such as barcode-payment/authorise, with * for any characters"),
				"%q is not a pattern over ids", text.Value)
			return diag.Located[string]{}
		}
	case shapeCodeOwner:
		if err := slo.CheckCodeOwner(text.Value); err != nil {
			d.problem(diag.CodeValue, text.Span, err)
			return diag.Located[string]{}
		}
	case shapeCode:
		return d.checkCode(text, what)
	case shapeRule:
		if _, err := slo.ParseRule(text.Value); err != nil {
			d.problem(diag.CodeRule, text.Span, err)
		}
	case shapeCountsPath:
		d.checkText(node, true)
		if err := checkCountsPath(text.Value); err != nil {
			d.problem(diag.CodeValue, text.Span, err)
			return diag.Located[string]{}
		}
	case shapeWord:
		return d.checkWord(text, v.words, what)
	}
	return text
}

var pattern = regexp.MustCompile(`^[-a-z0-9*]+(/[-a-z0-9*]+)?$`)

// checkText reports what could do something where a text is shown or sent, and
// a text that YAML ends at a #.
func (d *decoder) checkText(node *yaml.Node, oneLine bool) {
	value := node.Value
	if oneLine {
		value = strings.TrimRight(value, "\n") // of a block scalar
	}
	if hostile := slo.FindHostile(value, oneLine); len(hostile) > 0 {
		text := d.chunk.locate(node, d.file.Name)
		for _, h := range hostile {
			d.list.Errorf(diag.CodeHostileText, text.Span(h.Start, h.End), h.Problem.Hint, "%s", h.Problem.Message)
		}
	}
	if node.Style == 0 {
		if comment, at, found := d.commentBehind(d.nodeSpan(node).End, ""); found && !strings.HasPrefix(comment, "# ") {
			d.list.Add(diag.Diagnostic{
				Code: diag.CodeComment, Severity: diag.Warning, Span: at,
				Message: diag.Say("YAML takes this for a comment; the text ends before it"),
				Hint:    diag.Say("put the whole text in double quotes; or write a blank behind # if it is a comment"),
			})
		}
	}
}

// commentBehind returns the comment behind a place of the document, with
// nothing but blanks and the given text between, and where it stands.
func (d *decoder) commentBehind(at diag.Position, between string) (comment string, span diag.Span, found bool) {
	rest, found := strings.CutPrefix(d.behind(at), between)
	trimmed := strings.TrimLeft(rest, " \t")
	if !found || len(trimmed) == len(rest) || !strings.HasPrefix(trimmed, "#") {
		return "", diag.Span{}, false
	}
	number := at.Line - d.chunk.line
	content := d.chunk.lines[number-1]
	return strings.TrimRight(trimmed, " \t"), d.line(number).Span(len(content)-len(trimmed), len(strings.TrimRight(content, " \t"))), true
}

func (d *decoder) checkLink(address diag.Located[string]) {
	u, err := url.Parse(address.Value)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return
	}
	hint := diag.Say("write an address that begins with https://")
	if withoutScheme.MatchString(address.Value) {
		hint = diag.Say("write https://%s", address.Value)
	}
	d.list.Errorf(diag.CodeLink, address.Span, hint, "%q is not a link", address.Value)
}

// withoutScheme matches addresses that only lack their beginning.
var withoutScheme = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s]*)?$`)

// checkAddress reports an address that programs cannot be sent to, and one
// that holds more than a place.
func (d *decoder) checkAddress(address diag.Located[string], what diag.Phrase) bool {
	example := "https://alerts.example.com/slojourn"
	if what.String() == "endpoint" {
		example = "http://127.0.0.1:8800/graphql"
	}
	u, err := url.Parse(address.Value)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		d.list.Errorf(diag.CodeValue, address.Span, diag.Say("write an address such as %s", example), "%s is not an address", what)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		d.list.Errorf(diag.CodeSecret, address.Span, diag.Say("keep scheme, host and path only"), "%s holds a user, a query or a fragment", what)
	default:
		return true
	}
	return false
}

// checkWord reports a word that is not one of those that are known.
func (d *decoder) checkWord(text diag.Located[string], words []string, what diag.Phrase) diag.Located[string] {
	if slices.Contains(words, text.Value) {
		return text
	}
	hint := diag.Say("write one of %s", strings.Join(words, ", "))
	if len(words) == 1 {
		hint = diag.Say("write %s", words[0])
	} else if near, ok := diag.Nearest(text.Value, words); ok {
		hint = diag.Say("did you mean %s?", near)
	}
	for _, word := range words {
		if strings.EqualFold(text.Value, word) {
			hint = diag.Say("write %s", word)
		}
	}
	d.list.Errorf(diag.CodeValue, text.Span, hint, "%s %q is not known", what, text.Value)
	return diag.Located[string]{}
}

// wordOf reads a key that holds one of a few words.
func wordOf[T ~string](o *object, name string) diag.Located[T] {
	text := o.text(name)
	return diag.At(T(text.Value), text.Span)
}

// parsed reads a key with a parser of the domain, whose error may carry a
// hint. A value that cannot be parsed is written, and zero.
func parsed[T any](o *object, name string, parse func(string) (T, error)) diag.Located[T] {
	text := o.text(name)
	if text.Value == "" {
		return diag.Located[T]{Span: text.Span}
	}
	value, err := parse(text.Value)
	if err != nil {
		_, v, _ := o.field(name)
		o.d.problem(codeOf(v.shape), text.Span, err)
	}
	return diag.At(value, text.Span)
}

// codeOf is the code of a value that cannot be parsed.
func codeOf(s shape) diag.Code {
	switch s {
	case shapeTarget:
		return diag.CodeTarget
	case shapeWindow:
		return diag.CodeWindow
	case shapeEvery:
		return diag.CodeSlice
	default:
		return diag.CodeValue
	}
}

// integer reads a key that holds a whole number from least on.
func (o *object) integer(name string, least int64) diag.Located[int64] {
	return parsed(o, name, func(text string) (int64, error) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < least {
			what, example := diag.Say("a positive whole number"), "1234567"
			if least == 0 {
				what, example = diag.Say("a whole number"), "10"
			}
			return 0, &slo.Problem{Message: diag.Say("%s must be %s, not %q", name, what, text), Hint: diag.Say("write digits only, such as %s", example)}
		}
		return n, nil
	})
}

// problem reports the error of a parser of the domain, with its hint.
func (d *decoder) problem(code diag.Code, span diag.Span, err error) {
	message, hint := diag.Verbatim(err.Error()), diag.Phrase{}
	if p, ok := err.(*slo.Problem); ok { //nolint:errorlint // the parsers return it unwrapped
		message, hint = p.Message, p.Hint
	}
	d.list.Errorf(code, span, hint, "%s", message.Edited(strings.TrimSpace))
}
