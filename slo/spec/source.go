package spec

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (d *decoder) source(o *object) {
	s := slo.SourceDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		if account, ok := body.object("newRelic"); ok {
			s.AccountID = account.integer("accountId", 1)
			s.Region = wordOf[slo.Region](account, "region")
			s.APIKey = account.secret("apiKey")
			s.Endpoint = account.text("endpoint")
			s.QueryLag = parsed(account, "queryLag", slo.ParseDuration)
			s.Lateness = parsed(account, "lateness", slo.ParseDuration)
			s.Retention = account.retention()
		}
		if file, ok := body.object("file"); ok {
			s.File = file.text("path")
		}
	}
	d.declared.Sources = append(d.declared.Sources, s)
}

// checkCountsPath says what is wrong with the path of a file of counts. Whoever
// writes specs decides about the files beside them, and about no others.
func checkCountsPath(name string) error {
	problem := func(message, hint diag.Phrase) error { return &slo.Problem{Message: message, Hint: hint} }
	switch {
	case strings.Contains(name, `\`):
		return problem(diag.Say("a path has slashes, and no backslashes"), diag.Say("write it as on Unix, such as data/counts.csv"))
	case strings.HasPrefix(name, "/"):
		return problem(diag.Say("counts are read only below the folder of the spec"), diag.Say("put the file there and write its path from there, such as counts.csv"))
	case parentFolder.MatchString(name):
		return problem(diag.Say("counts are read only below the folder of the spec"), diag.Say("put the file there and write its path without .."))
	case !countsFormat.MatchString(name):
		return problem(diag.Say("the name tells the format of a file, and this one does not"), diag.Say("use a name that ends in .csv, .ndjson, .csv.gz or .ndjson.gz"))
	}
	return nil
}

var countsFormat = regexp.MustCompile(`[^/]\.(csv|ndjson)(\.gz)?$`)

func (o *object) retention() []slo.RetentionDeclaration {
	var retention []slo.RetentionDeclaration
	o.entries("retention", func(key, node *yaml.Node, v value) {
		if near, ok := diag.Nearest(key.Value, []string{"default"}); ok && near != key.Value {
			o.d.list.Errorf(diag.CodeUnknownKey, o.d.nodeSpan(key), diag.Say("did you mean `default`?"), "%q is no event type", key.Value)
			return
		}
		text := o.d.checked(node, v, diag.Verbatim(key.Value))
		if !text.Written() {
			return
		}
		duration, err := slo.ParseDuration(text.Value)
		if err == nil && duration == 0 {
			err = &slo.Problem{Message: diag.Say("a retention of nothing leaves nothing to measure"), Hint: diag.Say("write how long events are kept, such as 8d")}
		}
		if err != nil {
			o.d.problem(diag.CodeValue, text.Span, err)
			return
		}
		retention = append(retention, slo.RetentionDeclaration{
			EventType: diag.At(key.Value, o.d.nodeSpan(key)), Kept: diag.At(duration, text.Span),
		})
	})
	return retention
}

var (
	secretVariable = regexp.MustCompile(`^(NEW_RELIC|SLOJOURN)_[A-Z0-9_]+$`)
	expanded       = regexp.MustCompile(`^\$\{?([A-Z][A-Z0-9]*_[A-Z0-9_]*)\}?$`) // as a shell would
	parentFolder   = regexp.MustCompile(`(^|/)\.\.(/|$)`)
)

// secret reads a reference to a secret. A secret itself is refused and never
// repeated.
func (o *object) secret(name string) diag.Located[slo.SecretRef] {
	node, v, found := o.field(name)
	if !found {
		return diag.Located[slo.SecretRef]{}
	}
	if node.Kind == yaml.ScalarNode {
		k, _ := o.definition.key(name)
		if m := expanded.FindStringSubmatch(node.Value); m != nil {
			example := k.example
			if secretVariable.MatchString(m[1]) {
				example = "{env: " + m[1] + "}"
			}
			o.d.list.Errorf(diag.CodeSecret, o.d.nodeSpan(node), diag.Say("write %s: %s", name, example), "variables are not expanded")
			return diag.Located[slo.SecretRef]{}
		}
		o.d.list.Errorf(diag.CodeSecret, o.d.nodeSpan(node), diag.Say("write %s: %s, or {file: NAME} for a file below the folder of secrets; then revoke it, as it may have been seen", name, k.example),
			"a secret must not stand in the file")
		return diag.Located[slo.SecretRef]{}
	}
	ref, ok := o.inner(name, node, v.object, o.keySpan(name))
	if !ok || !ref.exclusive {
		return diag.Located[slo.SecretRef]{}
	}
	env, file := ref.text("env"), ref.text("file")
	for _, named := range []diag.Located[string]{env, file} {
		if len(diag.FindSecrets(named.Value)) > 0 {
			o.d.list.Errorf(diag.CodeSecret, named.Span, diag.Say("write the name of a variable or file that holds it; then revoke it, as it may have been seen"),
				"a secret must not stand in the file")
			return diag.Located[slo.SecretRef]{}
		}
	}
	switch {
	case env.Value != "":
		if !secretVariable.MatchString(env.Value) {
			o.d.list.Errorf(diag.CodeSecret, env.Span, diag.Say("use a name such as NEW_RELIC_API_KEY"),
				"secrets are read only from environment variables that begin with NEW_RELIC_ or SLOJOURN_")
		}
		return diag.At(slo.SecretRef{Env: env.Value}, env.Span)
	case file.Value != "":
		if strings.HasPrefix(file.Value, "/") || parentFolder.MatchString(file.Value) {
			o.d.list.Errorf(diag.CodeSecret, file.Span, diag.Say("write a path relative to that folder"), "secrets are read only below the folder of secrets")
		}
		return diag.At(slo.SecretRef{File: file.Value}, file.Span)
	}
	return diag.Located[slo.SecretRef]{}
}

func (d *decoder) team(o *object) {
	t := slo.TeamDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		t.Contact = body.text("contact")
		t.Notify = body.texts("notify")
		t.CodeOwners = body.texts("codeOwners")
	}
	d.declared.Teams = append(d.declared.Teams, t)
}

func (d *decoder) defaults(o *object) {
	s := slo.DefaultsDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		s.Source = body.text("source")
		s.Window = parsed(body, "window", slo.ParseWindow)
		s.TimeZone = body.text("timeZone")
		s.Alerts = body.text("alerts")
	}
	d.declared.Defaults = append(d.declared.Defaults, s)
}
