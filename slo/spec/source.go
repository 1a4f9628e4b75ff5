package spec

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (d *decoder) source(o *object) {
	s := slo.SourceDeclaration{Metadata: d.metadata(o, true, false)}
	if body, ok := d.body(o, true); ok {
		if node, key, found := body.field("newRelic"); found {
			d.newRelic(&s, node, key)
		} else {
			body.missing("newRelic", "write newRelic: with accountId and apiKey")
		}
		body.close()
	}
	d.result.Declarations.Sources = append(d.result.Declarations.Sources, s)
}

func (d *decoder) newRelic(s *slo.SourceDeclaration, node *yaml.Node, key diag.Span) {
	o, ok := d.object(node, "newRelic", key)
	if !ok {
		return
	}
	s.AccountID = o.integer("accountId")
	if !s.AccountID.Written() {
		o.missing("accountId", "write the number of the account, such as accountId: 1234567")
	}
	s.Region = wordOf(o, "region", slo.Regions()...)
	if node, key, found := o.field("apiKey"); found {
		s.APIKey = d.secret(node, key)
	} else {
		o.missing("apiKey", "write apiKey: {env: NEW_RELIC_API_KEY}")
	}
	s.Endpoint = o.text("endpoint")
	if s.Endpoint.Written() {
		d.checkEndpoint(s.Endpoint)
	}
	s.QueryLag = parsed(o, "queryLag", diag.CodeValue, slo.ParseDuration)
	if retention, key, found := o.field("retention"); found {
		s.Retention = d.retention(retention, key)
	}
	o.later("lateness")
	o.close()
}

func (d *decoder) retention(node *yaml.Node, key diag.Span) map[string]diag.Located[time.Duration] {
	o, ok := d.object(node, "retention", key)
	if !ok {
		return nil
	}
	kept := map[string]diag.Located[time.Duration]{}
	for _, k := range o.keys {
		if near, ok := diag.Nearest(k.Value, []string{"default"}); ok && near != k.Value {
			d.list.Errorf(diag.CodeUnknownKey, d.nodeSpan(k), "did you mean `default`?", "%q is no event type", k.Value)
			continue
		}
		duration := parsed(o, k.Value, diag.CodeValue, parseRetention)
		if duration.Value > 0 {
			kept[k.Value] = duration
		}
	}
	return kept
}

func parseRetention(text string) (time.Duration, error) {
	duration, err := slo.ParseDuration(text)
	if err == nil && duration == 0 {
		err = &slo.Problem{Message: "a retention of nothing leaves nothing to measure", Hint: "write how long events are kept, such as 8d"}
	}
	return duration, err
}

var (
	secretVariable = regexp.MustCompile(`^(NEW_RELIC|SLOJOURN)_[A-Z0-9_]+$`)
	parentFolder   = regexp.MustCompile(`(^|/)\.\.(/|$)`)
)

// secret reads a reference to a secret. A secret itself is refused and never
// repeated.
func (d *decoder) secret(node *yaml.Node, key diag.Span) diag.Located[slo.SecretRef] {
	const hint = "write {env: NEW_RELIC_API_KEY}, or {file: NAME} for a file below the folder of secrets"
	if node.Kind == yaml.ScalarNode {
		d.list.Errorf(diag.CodeSecret, d.nodeSpan(node), hint+"; then revoke the key, it may have been seen",
			"a secret must not stand in the file")
		return diag.Located[slo.SecretRef]{}
	}
	o, ok := d.object(node, "the reference to a secret", key)
	if !ok {
		return diag.Located[slo.SecretRef]{}
	}
	if o.conflict("env", "file", "keep one of them") {
		return diag.Located[slo.SecretRef]{}
	}
	env, file := o.text("env"), o.text("file")
	o.close()
	switch {
	case env.Written():
		if !secretVariable.MatchString(env.Value) {
			d.list.Errorf(diag.CodeSecret, env.Span, "use a name such as NEW_RELIC_API_KEY",
				"secrets are read only from environment variables that begin with NEW_RELIC_ or SLOJOURN_")
		}
		return diag.At(slo.SecretRef{Env: env.Value}, env.Span)
	case file.Written():
		if strings.HasPrefix(file.Value, "/") || parentFolder.MatchString(file.Value) {
			d.list.Errorf(diag.CodeSecret, file.Span, "write a path relative to that folder", "secrets are read only below the folder of secrets")
		}
		return diag.At(slo.SecretRef{File: file.Value}, file.Span)
	case !o.has("env") && !o.has("file"):
		d.list.Errorf(diag.CodeMissing, key, hint, "the reference names neither env nor file")
	}
	return diag.Located[slo.SecretRef]{}
}

func (d *decoder) checkEndpoint(endpoint diag.Located[string]) {
	u, err := url.Parse(endpoint.Value)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		d.list.Errorf(diag.CodeValue, endpoint.Span, "write an address such as http://127.0.0.1:8800/graphql", "the endpoint is not an address")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		d.list.Errorf(diag.CodeSecret, endpoint.Span, "keep scheme, host and path only", "the endpoint holds a user, a query or a fragment")
	}
}

func (d *decoder) team(o *object) {
	t := slo.TeamDeclaration{Metadata: d.metadata(o, true, false)}
	if body, ok := d.body(o, false); ok {
		t.Contact = body.text("contact")
		body.later("notify")
		body.close()
	}
	d.result.Declarations.Teams = append(d.result.Declarations.Teams, t)
}

func (d *decoder) defaults(o *object) {
	s := slo.DefaultsDeclaration{Metadata: d.metadata(o, false, false)}
	if body, ok := d.body(o, true); ok {
		s.Source = body.text("source")
		s.Window = parsed(body, "window", diag.CodeWindow, slo.ParseWindow)
		body.later("timeZone", "alerts")
		body.close()
	}
	d.result.Declarations.Defaults = append(d.result.Declarations.Defaults, s)
}
