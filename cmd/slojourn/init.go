package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/dialogue"
	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

func newInit(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init [file or folder]",
		Short: "Write a first journey from a few answers",
		Long: `init asks what users try to get done, who owns it and where its steps can be
measured, and writes a journey with comments that explain every key: into the
given file, or as NAME.yaml into the given folder (default: the current one). It
never overwrites a file. Teams and Sources of the folder are used; those that
are missing are written into the same file. The journey is in stage observe: it
is measured and shown, and nobody is alerted.

Every question has a flag, and what a flag says is not asked. Without a terminal
nothing is asked: answers that have no default have to be flags.

A step is --step LAYER:NAME:KEY=VALUE,KEY=VALUE. NAME may be empty. What holds a
comma stands in double quotes: backend::app=shop,"transaction=a, b". The layers
and their keys, optional ones in brackets:

  mobile     requests of a mobile app: app, path, [slow]
  page       pages in the browser: app, [url], [slow]
  ajax       requests of pages in the browser: app, url
  backend    transactions of a service: app, transaction, [slow]
  synthetic  a synthetic check: monitor
  log        lines of a log: service, [message]
  metric     metrics that count: total, bad, [service]

slow is in seconds; [owner] is the team of a step that is not the journey's.

When the key of the Source can be read, New Relic is asked for names to choose
from, and for what the steps measured in the last seven days: the target that is
proposed is one that would have been met. --offline leaves that out. What fails
there is said, and does no harm.

Exit code 1 means that the folder or what was written has errors, 2 that flags
are wrong or missing, 3 that the dialogue was broken off or nothing could be
written.`,
		Example: "  slojourn init specs\n  slojourn init --locale ja specs\n" +
			"  slojourn init --title 'Order in the app' --owner orders --account 1234567 \\\n" +
			"    --step backend::app=order-api,transaction=WebTransaction/Action/placeOrder specs",
		Args: cobra.MaximumNArgs(1),
	}
	i := &initiation{env: env, trusted: &trust{}}
	flags := cmd.Flags()
	flags.StringVar(&i.flags.title, "title", "", "what users try to get done, in their words")
	flags.StringVar(&i.flags.name, "name", "", "id of the journey (default: made of the title)")
	flags.StringVar(&i.flags.owner, "owner", "", "team that owns the journey (default: the only Team of the folder)")
	flags.StringArrayVar(&i.flags.steps, "step", nil, "a step, as LAYER:NAME:KEY=VALUE,… (may be repeated)")
	flags.StringVar(&i.flags.target, "target", "", "share that has to be good, such as 99.5% (default: by the last seven days, else 99.5%)")
	flags.StringVar(&i.flags.source, "source", "", "Source to measure with (default: the only one, or that of Defaults)")
	flags.StringVar(&i.flags.account, "account", "", "New Relic account of a Source that is written")
	flags.StringVar(&i.flags.region, "region", "", "its region: US, EU, JP or Gov (default: US)")
	flags.StringVar(&i.flags.key, "key-from", "", "where its key is: env:NAME, or file:NAME below --secrets-dir (default: "+usualKey+")")
	flags.StringVar(&i.flags.endpoint, "endpoint", "", "another NerdGraph for it, such as that of slojourn simulator")
	flags.StringVar(&i.flags.locale, "locale", "", "language of questions and comments: en or ja (default: that of the environment)")
	flags.BoolVar(&i.offline, "offline", false, "do not ask New Relic for names and numbers")
	flags.BoolVar(&i.dryRun, "dry-run", false, `print the file, and write nothing; so does "-" in place of a file`)
	configFlag(cmd, i.trusted)
	hostFlag(cmd, i.trusted)
	secretsFlag(cmd, i.trusted)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return i.run(cmd.Context(), args) }
	return cmd
}

// initFlags are the answers that were given on the command line; "" is none.
type initFlags struct {
	title, name, owner, target             string
	source, account, region, key, endpoint string
	locale                                 string
	steps                                  []string
}

// initiation is one run of init.
type initiation struct {
	env             environment
	trusted         *trust
	flags           initFlags
	offline, dryRun bool

	words    initWords
	locale   slo.Locale
	place    place
	around   surroundings
	dialogue *dialogue.Dialogue // nil when nothing can be asked
	missing  []error            // flags that are needed
	account  *initAccount       // nil when New Relic cannot be asked
	// measuredWith is the name of the Source.
	measuredWith string
}

func (i *initiation) run(ctx context.Context, args []string) (err error) {
	if i.locale, err = localeOf(i.flags.locale, i.env.getenv); err != nil {
		return err
	}
	i.env.locale = i.locale // of findings
	i.words = initWordsIn(i.locale)
	if i.place, err = placeOf(args, i.dryRun); err != nil {
		return err
	}
	if term.IsTerminal(i.env.stdin) && term.IsTerminal(i.env.stderr) {
		i.dialogue = dialogue.New(i.env.stdin, i.env.stderr, dialogue.Options{
			Locale: i.locale, Width: term.Columns(i.env.stderr), Color: term.Color(i.env.stderr, i.env.getenv),
		})
	}
	var journey draft.Journey
	err = interruptible(ctx, func() (err error) {
		journey, err = i.answers(ctx)
		return err
	})
	switch {
	case ctx.Err() != nil:
		if i.dialogue != nil {
			io.WriteString(i.env.stderr, "\n") //nolint:errcheck // what comes next does not belong to the question
		}
		return failed(errors.New(i.words.interrupted))
	case errors.Is(err, dialogue.ErrEnded):
		return failed(errors.New(i.words.ended))
	case err != nil:
		return err
	}
	return i.finish(journey)
}

// answers asks for everything, and checks what comes of it.
func (i *initiation) answers(ctx context.Context) (draft.Journey, error) {
	if err := i.checkFlags(); err != nil {
		return draft.Journey{}, err
	}
	var err error
	if i.around, err = i.look(); err != nil {
		return draft.Journey{}, err
	}
	journey, err := i.interview(ctx)
	if i.account != nil {
		i.account.source.Close()
	}
	return journey, err
}

// finish writes the file, or prints it, and says what comes next. Warnings are those of
// the folder's Defaults, or of odd answers, and stand in nobody's way.
func (i *initiation) finish(journey draft.Journey) error {
	journey, text, result := i.checked(journey)
	visible := visible(result.Findings)
	if err := printFindings(i.env.stderr, i.env, visible, result.Lines()); err != nil {
		return failed(err)
	}
	if visible.Failed() {
		return &exitError{exitFindings, errors.New(i.words.refused)}
	}
	if i.place.stdout {
		if _, err := i.env.stdout.Write(text); err != nil {
			return failed(err)
		}
		return nil
	}
	path := i.place.path(journey.Name)
	switch err := create(path, text); {
	case errors.Is(err, fs.ErrExist): // since it was asked for
		return failed(fmt.Errorf(i.words.fileTaken, path))
	case err != nil:
		return failed(errors.New(i.words.unwritten(path, cause(err))))
	}
	if i.dialogue != nil {
		i.dialogue.Say("")
	}
	if _, err := io.WriteString(i.env.stdout, i.words.done(path, i.arguments(), i.unopened(journey))); err != nil {
		return failed(err)
	}
	return nil
}

// checked is the journey as a file, and what is found in it. Where the window of the
// Defaults is too short for their alert policy, it has the usual one.
func (i *initiation) checked(journey draft.Journey) (draft.Journey, []byte, *load.Result) {
	text, result := i.with(journey)
	if journey.Window == "" && len(visible(result.Findings)) > 0 && !result.Findings.Failed() {
		longer := journey
		longer.Window = usualWindow
		if text, result := i.with(longer); len(visible(result.Findings)) == 0 {
			return longer, text, result
		}
	}
	return journey, text, result
}

// with is a journey as a file, and the set of the folder together with it.
func (i *initiation) with(journey draft.Journey) ([]byte, *load.Result) {
	text := journey.YAML(i.locale)
	return text, i.loaded(i.place.file(journey.Name, text))
}

// arguments are those of the commands that come next.
func (i *initiation) arguments() string {
	if i.trusted.config == "" {
		return shellWord(i.place.folder)
	}
	return "--config " + shellWord(i.trusted.config) + " " + shellWord(i.place.folder)
}

// unopened names the variable of a new Source's key when it was not asked with; "" when it
// was, or when the key is in a file.
func (i *initiation) unopened(journey draft.Journey) string {
	if journey.Source == nil || i.account != nil {
		return ""
	}
	return journey.Source.Key.Env
}
