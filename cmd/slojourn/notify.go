package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/exporters/notify"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func newNotify(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notify",
		Short: "See whether messages about alerts arrive",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("notify has no command %q; use test", args[0])
			}
			return usage("notify needs to know what to do: test")
		},
	}
	cmd.AddCommand(newNotifyTest(env))
	return cmd
}

func newNotifyTest(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test NAME [paths…]",
		Short: "Send a message that is marked as a test through a Notifier",
		Long: `test sends one message through the Notifier of the given name, as serve would
send one about an alert, and prints what was sent where. The message says that it
is a test. In PagerDuty it opens an incident, which somebody has to resolve; in
Alertmanager it is over after an hour.

The Notifier is looked for in the given files and folders (default: the current
folder; "-" is stdin) and in the operator's folder.

Exit code 3 means that the receiver has not taken it. It is tried once.`,
		Example: "  slojourn notify test payments-slack --config /etc/slojourn specs",
		Args:    cobra.ArbitraryArgs,
	}
	trusted := &trust{}
	configFlag(cmd, trusted)
	secretsFlag(cmd, trusted)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("name a Notifier, as in 'slojourn notify test NAME'")
		}
		return interruptible(cmd.Context(), func() error { return notifyTest(cmd.Context(), env, trusted, args[0], args[1:]) })
	}
	return cmd
}

// notifyTest sends a test message through the notifier of a name.
func notifyTest(ctx context.Context, env environment, trusted *trust, name string, paths []string) error {
	result, err := loadSet(env, trusted, paths)
	if err != nil {
		return err
	}
	if err := refuse(env, result); err != nil {
		return err
	}
	notifier, err := notifierOf(result.Set, name)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var partly []error
	sink := notify.Open(notifier, trusted.resolver(env).Resolve, notify.Options{Partly: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		partly = append(partly, err)
	}})
	n := testNotification(notifier, env.now())
	message, err := notify.Written(n, notifier)
	if err != nil {
		return failed(err)
	}
	if err := sink.Send(ctx, notify.Delivery{Notification: n, At: env.now(), Attempt: 1}); err != nil {
		return failed(fmt.Errorf("%s did not get the message: %w", name, err))
	}
	if _, err := fmt.Fprintf(env.stdout, "%s took the message of %s:\n%s\n%s\n",
		render.Plain(receiverOf(notifier, trusted, env)), name, message.Title, message.Summary); err != nil {
		return failed(err)
	}
	if len(partly) > 0 {
		return failed(errors.Join(partly...))
	}
	return nil
}

func notifierOf(set *slo.Set, name string) (*slo.Notifier, error) {
	var names []string
	for _, n := range set.Notifiers {
		if n.Name == name {
			return n, nil
		}
		names = append(names, n.Name)
	}
	if len(names) == 0 {
		return nil, usage("the set holds no Notifier; name the folder that has them with --config")
	}
	return nil, usage("there is no Notifier %q; known: %s", name, join(names))
}

// testNotification is a message that somebody sends to see whether it arrives.
func testNotification(to *slo.Notifier, at time.Time) alert.Notification {
	return alert.Notification{Event: alert.Event{
		Key:    alert.Key{ID: "notifier:" + to.Name, Kind: alert.Test, Severity: slo.Ticket},
		Change: alert.Firing, At: at, Since: at, Labels: alert.Labels{Owner: to.Owner, Notify: []string{to.Name}},
	}}
}

// receiverOf says where a notifier sends: hosts, and never more of an address.
func receiverOf(n *slo.Notifier, trusted *trust, env environment) string {
	host := func(address string) string {
		if u, err := url.Parse(address); err == nil {
			return u.Host
		}
		return ""
	}
	switch {
	case n.Alertmanager != nil:
		var hosts []string
		for _, address := range n.Alertmanager.URLs {
			hosts = append(hosts, host(address.Value))
		}
		return "Alertmanager at " + strings.Join(hosts, ", ")
	case n.Slack != nil:
		if address, err := trusted.resolver(env).Resolve(n.Slack.Webhook); err == nil {
			return "Slack at " + host(address.Reveal())
		}
		return "Slack"
	case n.Webhook != nil:
		return "the webhook at " + host(n.Webhook.URL.Value)
	default:
		return "PagerDuty"
	}
}
