package server

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/common/expfmt"

	"github.com/slojourn/slojourn/exporters/prometheus"
)

// metricsFormat chooses the format of /metrics that a client likes best, of those that
// it does not rule out. Who rules out all of them gets text.
func metricsFormat(h http.Header) expfmt.Format {
	wanted, unwanted := weighed(h, "Accept")
	formats := slices.DeleteFunc(slices.Clone(prometheus.Formats()), func(f expfmt.Format) bool {
		return slices.ContainsFunc(unwanted, func(clause string) bool { return names(clause, f) })
	})
	if len(formats) == 0 {
		formats = prometheus.Formats()
	}
	return expfmt.NegotiateAccept(http.Header{"Accept": {strings.Join(wanted, ",")}}, formats...)
}

// names reports whether a clause of Accept is about a format and no others, except for
// its versions.
func names(clause string, f expfmt.Format) bool {
	media, parameters, err := mime.ParseMediaType(clause)
	of, has, _ := mime.ParseMediaType(string(f)) // it is one of ours
	if err != nil || media != of {
		return false
	}
	for name, value := range parameters {
		if known, ok := has[name]; ok && known != value {
			return false
		}
	}
	return true
}

// acceptsGzip reports whether an answer may be gzipped.
func acceptsGzip(h http.Header) bool {
	wanted, _ := weighed(h, "Accept-Encoding")
	return slices.ContainsFunc(wanted, func(clause string) bool {
		coding, _, _ := strings.Cut(clause, ";")
		return strings.EqualFold(strings.TrimSpace(coding), "gzip")
	})
}

// weighed returns the clauses of a header that lists what a client takes, and those
// that have the weight 0: what it does not take (RFC 9110, 12.4.2).
func weighed(h http.Header, name string) (wanted, unwanted []string) {
	for clause := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
		parameters := strings.Split(clause, ";")[1:]
		if slices.ContainsFunc(parameters, isZeroWeight) {
			unwanted = append(unwanted, clause)
		} else {
			wanted = append(wanted, clause)
		}
	}
	return wanted, unwanted
}

// isZeroWeight reports whether a parameter is q=0, which may have three decimals.
func isZeroWeight(parameter string) bool {
	name, value, _ := strings.Cut(parameter, "=")
	value = strings.TrimSpace(value)
	return strings.EqualFold(strings.TrimSpace(name), "q") && strings.HasPrefix(value, "0") && strings.Trim(value, "0.") == ""
}
