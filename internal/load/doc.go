// Package load is the one way from paths to a checked set: it reads the files,
// decodes them, resolves their references, runs the checks of the sources that
// measure them, and marks the findings that the specs accept. Every command and
// every reload goes through it.
package load
