// Package examples holds runnable stories. The retail story is embedded, so
// that the demo runs from any folder.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed retail/*.yaml
var files embed.FS

// Retail returns the specs of a retailer with a shop app.
func Retail() fs.FS {
	sub, err := fs.Sub(files, "retail")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return sub
}
