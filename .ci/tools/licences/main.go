// Licences lists the licence of every module that is linked into a Go binary:
//
//	licences [-texts] BINARY...
//
// Each line holds a module, its version and the SPDX expression of its licence,
// sorted; several binaries, say one per platform, give one list. The Go standard
// library is listed as std. With -texts the licence and notice files follow in
// full, which is what their terms ask of whoever passes the binary on.
//
// A module whose licence is not one of those below is an error: somebody has to
// read it before it ships.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("licences", flag.ContinueOnError)
	flags.SetOutput(stderr)
	texts := flags.Bool("texts", false, "append the licence and notice files in full")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: licences [-texts] BINARY...")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}
	if err := list(flags.Args(), *texts, stdout); err != nil {
		fmt.Fprintln(stderr, "licences:", err)
		return 1
	}
	return 0
}

func list(binaries []string, texts bool, stdout io.Writer) error {
	cache, err := goEnv("GOMODCACHE")
	if err != nil {
		return err
	}
	root, err := goEnv("GOROOT")
	if err != nil {
		return err
	}
	modules, err := linked(binaries)
	if err != nil {
		return err
	}
	reports, err := inspect(modules, cache, root)
	if err != nil {
		return err
	}
	return write(stdout, reports, texts)
}

func goEnv(name string) (string, error) {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		return "", fmt.Errorf("go env %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}
