package rules

import (
	"bytes"
	"strings"
)

// Wrote reports whether a file of this name, that begins with [Header], can be as it was
// written: it says inside whose it is. A copy under another name does not, and
// is somebody's own.
func Wrote(file string, data []byte) bool {
	var line string
	if name, ok := strings.CutSuffix(file, RulesFile("")); ok {
		line = "- name: slojourn:" + name
		if name == Fleet {
			line = "- name: " + Fleet
		}
	} else if name, ok := strings.CutSuffix(file, TestFile("")); ok {
		line = "- " + RulesFile(name)
	} else {
		line = "name: " + objectName(strings.TrimSuffix(file, ManifestFile("")))
	}
	for l := range bytes.Lines(data) {
		if string(bytes.TrimSpace(l)) == line {
			return true
		}
	}
	return false
}
