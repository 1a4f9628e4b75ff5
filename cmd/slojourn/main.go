// Command slojourn turns critical user journeys into service level objectives
// and keeps their error budgets.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signalled()
	code := run(ctx, environment{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now,
	}, os.Args[1:])
	stop()
	os.Exit(code)
}

// signalled returns a context that ends with a signal to stop. A second one ends the
// process at once, unless it follows within a second: some tools send it twice.
func signalled() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	return ctx, stop
}
