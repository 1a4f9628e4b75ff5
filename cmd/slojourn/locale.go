package main

import (
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// localeOf is the language that a flag says or, without it, the one of the environment:
// Japanese where the first of LC_ALL, LC_MESSAGES and LANG that is set begins with ja, else
// English.
func localeOf(flag string, getenv func(string) string) (slo.Locale, error) {
	if flag != "" {
		return slo.Locale(flag), checkWord("--locale", flag, string(slo.English), string(slo.Japanese))
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := getenv(name); value != "" {
			if strings.HasPrefix(value, string(slo.Japanese)) {
				return slo.Japanese, nil
			}
			return slo.English, nil
		}
	}
	return slo.English, nil
}
