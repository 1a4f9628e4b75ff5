//go:build servers

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// pipeline is where the steps of examples/ci run: a clone of a repository of specs with a
// pull request, an engine and a Grafana that run, and what the steps bring out of them.
type pipeline struct {
	*testing.T
	clone   string            // the checkout
	steps   string            // a folder of programs that are not here
	values  map[string]string // of expressions, by what stands between ${{ and }}, or $( and )
	env     []string
	engine  *serving
	grafana *grafanatest.Server
}

const (
	ledgerToken = "ledger-hunter2"
	pipelineNow = "2026-11-22T09:00:00Z"
)

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	for _, program := range []string{"bash", "curl", "git", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("the steps of pipelines need %s: install it", program)
		}
	}
	p := &pipeline{T: t, clone: filepath.Join(t.TempDir(), "clone"), steps: t.TempDir(), grafana: grafanatest.New(grafanaToken)}
	folder := t.TempDir()
	origin, specs, data := filepath.Join(folder, "origin"), filepath.Join(folder, "specs"), filepath.Join(folder, "data")
	for _, to := range []string{filepath.Join(origin, "slos"), specs} {
		if err := os.CopyFS(to, os.DirFS("../../examples/counts-from-a-file")); err != nil {
			t.Fatal(err)
		}
	}
	p.git(origin, "init", "--quiet", "--initial-branch", "main")
	owners := filepath.Join(origin, ".github", "CODEOWNERS")
	if err := os.Mkdir(filepath.Dir(owners), 0o700); err != nil {
		t.Fatal(err)
	}
	p.slojourn("generate", "codeowners", "--file", owners, filepath.Join(origin, "slos"))
	p.git(origin, "add", ".")
	p.git(origin, "commit", "--quiet", "--message", "what there is")
	p.git(folder, "clone", "--quiet", origin, p.clone)
	p.git(p.clone, "checkout", "--quiet", "-b", "calmer")
	p.replace("slos/pay-at-the-till.yaml", "target: 98.5%", "target: 98%")
	p.git(p.clone, "commit", "--quiet", "--all", "--message", "a looser target")

	p.engine = serveFiles(t, "--data-dir", data, "--enable-lifecycle", specs)
	p.engine.ready()
	backup := filepath.Join(folder, "ledger.backup")
	p.slojourn("ledger", "backup", "--data-dir", data, backup)
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+ledgerToken {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.ServeFile(w, r, backup)
	}))
	t.Cleanup(store.Close)
	grafana := httptest.NewServer(p.grafana)
	t.Cleanup(grafana.Close)
	p.program("rsync", `test "$1 $2 $3" = "--archive --delete slos/" && rm -rf "$4" && cp -R "$3" "$4"`)
	p.values = map[string]string{
		"vars.LEDGER_URL": store.URL, "secrets.LEDGER_TOKEN": ledgerToken, "LEDGER_TOKEN": ledgerToken,
		"vars.ENGINE_FOLDER": specs, "secrets.ENGINE_KEY": "key-hunter2", "vars.ENGINE_HOST": "engine.example.com ssh-ed25519 AAAA", "vars.ENGINE_URL": p.engine.url, "secrets.ENGINE_PASSWORD": "hunter2", "ENGINE_PASSWORD": "hunter2",
		"vars.GRAFANA_URL": grafana.URL, "secrets.GRAFANA_TOKEN": grafanaToken, "GRAFANA_TOKEN": grafanaToken,
	}
	p.env = append(os.Environ(), "PATH="+p.steps+string(filepath.ListSeparator)+os.Getenv("PATH"), "NOW="+pipelineNow)
	return p
}

// slojourn runs the program of this tree.
func (p *pipeline) slojourn(args ...string) {
	p.Helper()
	if out, err := exec.CommandContext(p.Context(), "slojourn", args...).CombinedOutput(); err != nil {
		p.Fatalf("slojourn %s: %v\n%s", args, err, out)
	}
}

// git runs it as somebody who has no settings.
func (p *pipeline) git(folder string, args ...string) {
	p.Helper()
	cmd := exec.CommandContext(p.Context(), "git", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=team", "GIT_AUTHOR_EMAIL=team@example.com", "GIT_COMMITTER_NAME=team", "GIT_COMMITTER_EMAIL=team@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		p.Fatalf("git %s: %v\n%s", args, err, out)
	}
}

// program writes one in bash that stands in for one that is not here.
func (p *pipeline) program(name, script string) {
	p.Helper()
	if err := os.WriteFile(filepath.Join(p.steps, name), []byte("#!/usr/bin/env bash\nset -euo pipefail\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // a program
		p.Fatal(err)
	}
}

func (p *pipeline) replace(file, old, with string) {
	p.Helper()
	path := filepath.Join(p.clone, file)
	text := readFile(p.T, path)
	if !strings.Contains(text, old) {
		p.Fatalf("%s does not hold %q", file, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(text, old, with, 1)), 0o600); err != nil {
		p.Fatal(err)
	}
}

// step is one command of a pipeline.
type step struct {
	name   string
	script string
	env    map[string]string
}

// runSteps runs steps one after another, up to the first that fails, with what is common
// to all of them in front. It returns all that they print, and the name of the one that failed.
func (p *pipeline) runSteps(steps []step, flags ...string) (printed, failed string) {
	p.Helper()
	expression := regexp.MustCompile(`\$\{\{ *(.*?) *\}\}|^\$\(([A-Za-z_.]+)\)$`)
	ran := 0
	var all bytes.Buffer
	for _, s := range steps {
		if s.name == "Install slojourn" {
			if !strings.Contains(s.script, `go install "github.com/slojourn/slojourn/cmd/slojourn@$SLOJOURN"`) {
				p.Errorf("%s installs something else: %s", s.name, s.script)
			}
			continue // what is tested is the program of this tree
		}
		cmd := exec.CommandContext(p.Context(), "bash", append(flags, "-c", s.script)...)
		cmd.Dir, cmd.Env = p.clone, p.env
		for name, value := range s.env {
			value = expression.ReplaceAllStringFunc(value, func(text string) string {
				match := expression.FindStringSubmatch(text)
				known, ok := p.values[match[1]+match[2]]
				if !ok {
					p.Errorf("%s: the value of %s is not known", s.name, text)
				}
				return known
			})
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		out, err := cmd.CombinedOutput()
		fmt.Fprintf(&all, "--- %s\n%s", s.name, out)
		ran++
		if err != nil {
			return all.String(), s.name
		}
	}
	if ran == 0 {
		p.Error("no step ran")
	}
	if strings.Contains(all.String(), "hunter2") {
		p.Errorf("a secret is printed:\n%s", all.String())
	}
	return all.String(), ""
}

// succeed runs steps that have to.
func (p *pipeline) succeed(steps []step, flags ...string) string {
	p.Helper()
	printed, failed := p.runSteps(steps, flags...)
	if failed != "" {
		p.Fatalf("%q fails:\n%s", failed, printed)
	}
	return printed
}

// reviewed looks at what a pull request was told, and at its dashboards.
func (p *pipeline) reviewed(comment string) {
	p.Helper()
	if !strings.Contains(comment, "98.5%") || !strings.Contains(comment, "98%") || !strings.Contains(comment, "pay-at-the-till") {
		p.Errorf("the comment does not say what the change means:\n%s", comment)
	}
	pages, err := filepath.Glob(filepath.Join(p.clone, "dashboards", "*.html"))
	if err != nil || len(pages) < 3 {
		p.Errorf("%d pages of dashboards (%v)", len(pages), err)
	}
}

// published looks at the engine and at Grafana.
func (p *pipeline) published() {
	p.Helper()
	if _, text := p.engine.ask("GET", "/api/v1/slos?id=pay-at-the-till"); !strings.Contains(text, `"target": "98%"`) {
		p.Errorf("the engine does not have the new target:\n%s", text)
	}
	if there := p.grafana.Dashboards(); there[uid.Of("pay-at-the-till")].Content == nil {
		p.Errorf("Grafana does not have the dashboard of the journey, but %v", there)
	}
}

// TestGitHubPipeline runs what examples/ci/github has GitHub Actions run.
func TestGitHubPipeline(t *testing.T) {
	t.Parallel()
	var workflow struct {
		Name        string
		On          yaml.Node
		Permissions map[string]string
		Defaults    struct{ Run struct{ Shell string } }
		Env         map[string]string
		Jobs        map[string]struct {
			If, Environment, Concurrency string
			RunsOn                       string `yaml:"runs-on"`
			Permissions                  map[string]string
			Steps                        []struct {
				Name, Uses, Run, If string
				With, Env           map[string]string
			}
		}
	}
	decodeStrictly(t, "../../examples/ci/github/slos.yaml", &workflow)
	if workflow.Defaults.Run.Shell != "bash" {
		t.Errorf("the shell is %q", workflow.Defaults.Run.Shell)
	}
	const noFork = "github.event.pull_request.head.repo.full_name == github.repository"
	steps := func(job string, fork bool) []step {
		var list []step
		for _, s := range workflow.Jobs[job].Steps {
			if s.If != "" && s.If != noFork {
				t.Errorf("%s: nobody knows whether %q holds", s.Name, s.If)
			}
			if s.Run != "" && !(fork && s.If == noFork) {
				list = append(list, step{s.Name, s.Run, s.Env})
			}
		}
		return list
	}
	flags := []string{"--noprofile", "--norc", "-eo", "pipefail"} // of shell: bash

	p := newPipeline(t)
	comments, summary := filepath.Join(p.steps, "comments"), filepath.Join(p.steps, "summary")
	if err := os.WriteFile(comments, []byte(othersComments), 0o600); err != nil {
		t.Fatal(err)
	}
	p.program("gh", `test "$GH_TOKEN" = gh-hunter2
comments='`+comments+`'
change() { jq --rawfile body "${6#body=@}" "$1" "$comments" > "$comments.new" && mv "$comments.new" "$comments"; }
case "$1 $2 $3 $4" in
"api --paginate repos/shop/slos/issues/7/comments --jq") jq --raw-output "$5" "$comments" ;;
"api --method POST repos/shop/slos/issues/7/comments") change '. + [{id: 13, user: {type: "Bot"}, body: $body}]' "${@:2}" ;;
"api --method PATCH repos/shop/slos/issues/comments/13") change 'map(if .id == 13 then .body = $body else . end)' "${@:2}" ;;
*) exit 1 ;;
esac`)
	p.env = append(p.env, "GITHUB_STEP_SUMMARY="+summary, "GITHUB_REPOSITORY=shop/slos", "RUNNER_TEMP="+t.TempDir())
	p.values["github.base_ref"], p.values["github.token"], p.values["github.event.pull_request.number"] = "main", "gh-hunter2", "7"
	p.succeed(steps("review", true), flags...)
	if text := readFile(t, summary); !strings.Contains(text, "98.5%") {
		t.Errorf("the summary for a fork does not say what the change means:\n%s", text)
	}
	for _, target := range []string{"98%", "98.3%", "98%"} {
		p.fresh()
		p.replace("slos/pay-at-the-till.yaml", targetLine.FindString(readFile(t, filepath.Join(p.clone, "slos/pay-at-the-till.yaml"))), "target: "+target)
		p.succeed(steps("review", false), flags...)
	}
	var list []struct{ Body string }
	if err := json.Unmarshal([]byte(readFile(t, comments)), &list); err != nil || len(list) != 3 || list[0].Body != "coverage" {
		t.Fatalf("the comments are %+v (%v), want one more, and the others as they were", list, err)
	}
	p.reviewed(list[2].Body)
	if strings.Contains(list[2].Body, "98.3%") {
		t.Errorf("the comment was not brought up to date:\n%s", list[2].Body)
	}
	p.succeed(steps("publish", false), flags...)
	p.published()

	p.replace("slos/pay-at-the-till.yaml", "target: 98%", "target: 0.98")
	printed, failed := p.runSteps(steps("review", false), flags...)
	if failed != "Find every mistake, at its line" || !strings.Contains(printed, "::error file=slos/pay-at-the-till.yaml,line=6,") {
		t.Errorf("with a mistake %q fails:\n%s", failed, printed)
	}
}

// othersComments are those that a pull request has already: of another workflow, whose
// author is the same, and of a person who quotes what ours begins with.
const othersComments = `[{"id": 11, "user": {"type": "Bot"}, "body": "coverage"}, {"id": 12, "user": {"type": "User"}, "body": "<!-- slojourn diff -->"}]`

var targetLine = regexp.MustCompile(`target: [0-9.]+%`)

// fresh leaves what a run has made behind: each has a checkout of its own.
func (p *pipeline) fresh() {
	p.Helper()
	for _, folder := range []string{"ledger", "dashboards"} {
		if err := os.RemoveAll(filepath.Join(p.clone, folder)); err != nil {
			p.Fatal(err)
		}
	}
}

// TestAzurePipeline runs what examples/ci/azure has Azure Pipelines run.
func TestAzurePipeline(t *testing.T) {
	t.Parallel()
	type azureStep struct {
		DisplayName                             string `yaml:"displayName"`
		Bash, Task, Publish, Artifact, Checkout string
		FetchDepth                              int `yaml:"fetchDepth"`
		Inputs, Env                             map[string]string
	}
	var file struct {
		Trigger, Pool yaml.Node
		Variables     map[string]string
		Stages        []struct {
			Stage, Condition string
			DependsOn        []string `yaml:"dependsOn"`
			Jobs             []struct {
				Job, Deployment, Environment string
				Steps                        []azureStep
				Strategy                     struct {
					RunOnce struct{ Deploy struct{ Steps []azureStep } } `yaml:"runOnce"`
				}
			}
		}
	}
	decodeStrictly(t, "../../examples/ci/azure/slos.yaml", &file)
	for _, match := range regexp.MustCompile(`(?m)^ +- (\w+):`).FindAllStringSubmatch(readFile(t, "../../examples/ci/azure/slos.yaml"), -1) {
		if match[1] == "displayName" {
			t.Error("a step begins with displayName: the first key of a step says what it is, as Azure's reference demands")
		}
	}
	steps := func(stage string) []step {
		var list []step
		for _, st := range file.Stages {
			if st.Stage != stage {
				continue
			}
			for _, job := range st.Jobs {
				for _, s := range append(job.Steps, job.Strategy.RunOnce.Deploy.Steps...) {
					if s.Bash != "" {
						list = append(list, step{s.DisplayName, s.Bash, s.Env})
					}
				}
			}
		}
		return list
	}
	p := newPipeline(t)
	threads := &azureThreads{}
	server := httptest.NewServer(threads)
	t.Cleanup(server.Close)
	p.values["System.AccessToken"] = "azure-hunter2"
	// What is no secret is in the environment by itself.
	p.env = append(p.env, "LEDGER_URL="+p.values["vars.LEDGER_URL"], "ENGINE_FOLDER="+p.values["vars.ENGINE_FOLDER"],
		"ENGINE_URL="+p.values["vars.ENGINE_URL"], "GRAFANA_URL="+p.values["vars.GRAFANA_URL"], "SYSTEM_COLLECTIONURI="+server.URL+"/shop/",
		"SYSTEM_TEAMPROJECTID=slos", "BUILD_REPOSITORY_ID=5", "SYSTEM_PULLREQUEST_PULLREQUESTID=7", "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main")
	p.succeed(steps("review"))
	p.reviewed(threads.comment(t))
	p.fresh()
	p.replace("slos/pay-at-the-till.yaml", "target: 98%", "target: 98.3%")
	p.succeed(steps("review"))
	if comment := threads.comment(t); !strings.Contains(comment, "98.3%") {
		t.Errorf("the comment was not brought up to date:\n%s", comment)
	}
	p.replace("slos/pay-at-the-till.yaml", "target: 98.3%", "target: 98%")
	p.succeed(steps("publish"))
	p.published()

	p.replace("slos/pay-at-the-till.yaml", "target: 98%", "target: 0.98")
	printed, failed := p.runSteps(steps("review"))
	if failed != "Find every mistake, at its line" || !strings.Contains(printed, "##vso[task.logissue type=error;sourcepath=slos/pay-at-the-till.yaml;linenumber=6;") {
		t.Errorf("with a mistake %q fails:\n%s", failed, printed)
	}
}

// decodeStrictly reads a file in YAML: a key that nobody has looked at is an error.
func decodeStrictly(t *testing.T, path string, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(readFile(t, path)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
