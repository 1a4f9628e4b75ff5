package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Phrases are written the way normalise leaves them.
const (
	apacheTitle  = "apache license version 2 0 january 2004"
	apacheHeader = "licensed under the apache license version 2 0"
	mplTitle     = "mozilla public license version 2 0"
	mitGrant     = "permission is hereby granted free of charge to any person obtaining a copy of this software and associated documentation files"
	mitNotice    = "the above copyright notice and this permission notice shall be included in all copies or substantial portions of the software"
	iscGrant     = "software for any purpose with or without fee is hereby granted provided that the above copyright notice"
	bsdGrant     = "redistribution and use in source and binary forms with or without modification are permitted provided that the following conditions are met"
	// SQLite's authors have given up all rights. SPDX has a name for their blessing.
	sqliteDomain = "all of the code and documentation in sqlite has been dedicated to the public domain by the authors"
	bsdEndorse   = "endorse or promote products derived from"
)

// unwelcome are phrases of terms that must never be linked in unread, even when the
// file holds a licence we know as well.
var unwelcome = []string{
	"gnu general public license",
	"gnu affero general public license",
	"gnu lesser general public license",
	"server side public license",
	"business source license",
	"commons clause",
	"all advertising materials mentioning", // BSD-4-Clause
}

// recognise returns the SPDX identifiers of the licences in a text. It goes by the
// sentences that make each licence what it is, so that copyright lines, list
// markers and line breaks do not matter.
func recognise(text string) ([]string, error) {
	words := normalise(text)
	mpl := strings.Contains(words, mplTitle)
	for _, phrase := range unwelcome {
		// The MPL itself names the GNU licences, as those it can be combined with.
		if strings.Contains(words, phrase) && !mpl {
			return nil, fmt.Errorf("unrecognised licence: it speaks of %q", phrase)
		}
	}
	var ids []string
	add := func(id string, ok bool) {
		if ok {
			ids = append(ids, id)
		}
	}
	bsd, endorse := strings.Count(words, bsdGrant), strings.Count(words, bsdEndorse)
	add("Apache-2.0", strings.Contains(words, apacheTitle) || strings.Contains(words, apacheHeader))
	add("BSD-2-Clause", bsd > endorse)
	add("BSD-3-Clause", bsd > 0 && endorse > 0)
	add("ISC", strings.Contains(words, iscGrant))
	add("MIT", strings.Contains(words, mitGrant) && strings.Contains(words, mitNotice))
	add("MPL-2.0", mpl)
	add("blessing", strings.Contains(words, sqliteDomain))
	if len(ids) == 0 {
		return nil, errors.New("unrecognised licence")
	}
	return ids, nil
}

// normalise reduces a text to its words: lower case, one space between them.
func normalise(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}
