// Package load is the one way from paths to a checked set: it reads the files,
// decodes them, resolves their references and runs the checks of the sources
// that measure them. Every command and every reload goes through it.
package load
