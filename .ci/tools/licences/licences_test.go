package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

const (
	mit = `Copyright (c) 2020 Somebody
Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction.

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.`
	bsd2 = `Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
  * Redistributions of source code must retain the above copyright notice.`
	bsd3 = bsd2 + `
  * Neither the name of Somebody nor the names of its contributors may be used
to endorse or promote products derived from this software.`
	isc = `Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.`
	apache       = "Apache License\n   Version 2.0, January 2004\n"
	apacheShort  = `Licensed under the Apache License, Version 2.0 (the "License");`
	mpl          = "Mozilla Public License Version 2.0\n=====\n1.12. GNU General Public License, Version 2.0"
	zeroBSD      = "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted.\n"
	bsd4         = bsd3 + "\nAll advertising materials mentioning features of this software must say so."
	handOverSoul = "You may use this if you ask nicely."
)

func TestRecognise(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"mit", mit, []string{"MIT"}},
		{"bsd of two clauses", bsd2, []string{"BSD-2-Clause"}},
		{"bsd of three clauses", bsd3, []string{"BSD-3-Clause"}},
		{"both bsd", bsd3 + "\n" + bsd2, []string{"BSD-2-Clause", "BSD-3-Clause"}},
		{"isc", isc, []string{"ISC"}},
		{"apache", apache, []string{"Apache-2.0"}},
		{"mpl names the gpl", mpl, []string{"MPL-2.0"}},
		{"yaml.v3 has parts under two licences", mit + "\n### Apache License ###\n" + apacheShort, []string{"Apache-2.0", "MIT"}},
		{"permission without the notice is not mit", strings.SplitAfter(mit, "restriction.")[0], nil},
		{"0bsd", zeroBSD, nil},
		{"bsd of four clauses", bsd4, nil},
		{"gpl", "GNU General Public License\nVersion 3", nil},
		{"apache with the commons clause", `"Commons Clause" License Condition v1.0` + "\n" + apache, nil},
		{"sqlite", "SQLite Is Public Domain\n\nAll of the code and documentation in SQLite has been dedicated to the public\ndomain by the authors.", []string{"blessing"}},
		{"own words", handOverSoul, nil},
		{"empty", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := recognise(tt.text)
			if !slices.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
				t.Errorf("recognise: got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]kind{
		"LICENSE": licence, "LICENSE.txt": licence, "License.md": licence, "LICENCE": licence, "LICENSE-MIT": licence,
		"COPYING": licence, "LICENSE.libyaml": licence, "LICENSE-LOGO": notice, "LICENSE-3RD-PARTY.md": notice, "LICENSE-SQLITE": licence, "NOTICE": notice, "NOTICE.txt": notice, "PATENTS": notice,
		"license.go": other, "README.md": other, "go.mod": other,
	} {
		if got := kindOf(name); got != want {
			t.Errorf("kindOf(%q) = %d, want %d", name, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	if got, want := escape("github.com/BurntSushi/toml"), "github.com/!burnt!sushi/toml"; got != want {
		t.Errorf("escape: got %s, want %s", got, want)
	}
}

// The cache is made by hand: folders named as the module cache names them.
func TestInspect(t *testing.T) {
	t.Parallel()
	cache, goroot := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"github.com/!burnt!sushi/toml@v1.0.0/COPYING":    mit,
		"github.com/!burnt!sushi/toml@v1.0.0/main.go":    "package toml",
		"example.com/dual@v2.0.0-!r!c1/LICENSE":          apache,
		"example.com/dual@v2.0.0-!r!c1/LICENSE-MIT":      mit,
		"example.com/dual@v2.0.0-!r!c1/NOTICE":           "Made by many.\n",
		"example.com/dual@v2.0.0-!r!c1/internal/COPYING": handOverSoul,
		"example.com/odd@v0.1.0/LICENSE":                 handOverSoul,
		"example.com/none@v0.1.0/README.md":              mit,
	} {
		put(t, filepath.Join(cache, filepath.FromSlash(name)), text)
	}
	put(t, filepath.Join(goroot, "LICENSE"), bsd3)

	good := []module{
		{"example.com/dual", "v2.0.0-RC1"},
		{"github.com/BurntSushi/toml", "v1.0.0"},
		{std, "go1.26.8"},
	}
	reports, err := inspect(good, cache, goroot)
	if err != nil {
		t.Fatal(err)
	}
	const list = `example.com/dual v2.0.0-RC1 Apache-2.0 AND MIT
github.com/BurntSushi/toml v1.0.0 MIT
std go1.26.8 BSD-3-Clause
`
	var got bytes.Buffer
	if err := write(&got, reports, false); err != nil {
		t.Fatal(err)
	}
	if got.String() != list {
		t.Errorf("list:\ngot:\n%swant:\n%s", got.String(), list)
	}

	got.Reset()
	if err := write(&got, reports, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{list, "example.com/dual v2.0.0-RC1: NOTICE\n=====", "Made by many.", mit, bsd3} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("list with texts lacks %q:\n%s", want, got.String())
		}
	}

	_, err = inspect([]module{
		{"example.com/odd", "v0.1.0"},
		{"example.com/none", "v0.1.0"},
		{"example.com/absent", "v0.1.0"},
	}, cache, goroot)
	if err == nil {
		t.Fatal("inspect took an unrecognised licence, a module without one and a module that is not there")
	}
	for _, want := range []string{
		"example.com/odd v0.1.0: " + filepath.Join(cache, "example.com", "odd@v0.1.0", "LICENSE") + ": unrecognised licence",
		"example.com/none v0.1.0: no LICENSE or COPYING file",
		"example.com/absent v0.1.0: not in the module cache",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("inspect: the error lacks %q:\n%v", want, err)
		}
	}
}

// The test binary is a Go binary like any other; it links nothing but the standard
// library, which therefore has to be in the list and all there is.
func TestRun(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := debug.ReadBuildInfo(); !ok {
		t.Fatal("the test binary has no build info")
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{self, self}, &stdout, &stderr); code != 0 {
		t.Fatalf("run: exit code %d, want 0\n%s", code, &stderr)
	}
	if got := stdout.String(); !strings.HasPrefix(got, "std go1.") || !strings.HasSuffix(got, " BSD-3-Clause\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("run printed %q, want one line for std", got)
	}

	for _, tt := range []struct {
		args []string
		code int
	}{
		{nil, 2},
		{[]string{"-no-such-flag"}, 2},
		{[]string{filepath.Join(t.TempDir(), "absent")}, 1},
	} {
		stderr.Reset()
		if code := run(tt.args, &stdout, &stderr); code != tt.code || stderr.Len() == 0 {
			t.Errorf("run(%q): exit code %d, want %d, with %q on stderr", tt.args, code, tt.code, &stderr)
		}
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
