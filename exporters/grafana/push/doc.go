// Package push brings dashboards into a Grafana that runs, by its HTTP API: it looks at
// what is there, says what it would do, and then does it.
//
//	client, err := push.NewClient(push.ClientOptions{URL: "https://grafana.example.com", Secret: token})
//	plan, err := client.Plan(ctx, grafana.Generate(set, options), push.Options{})
//	err = client.Apply(ctx, plan)
//
// A dashboard is changed or deleted only when slojourn has made it and nobody has saved
// anything else since; others are refused unless they are named. What was read is what is
// replaced: Grafana refuses a change of what somebody has saved in between.
//
// It moves no folder, deletes none, and changes no permissions.
package push
