// Package web carries what people see: the built pages with their compressed copies, and the catalogues of all
// interface languages, which the server reads as well (mails, the public certificate page, faults).
//
// The pages are built by `npm run build` into dist, which is never committed; without them the program still builds
// and Built says so.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

//go:embed locales/*.json
var locales embed.FS

// Dist holds index.html, assets/* and, beside each compressible file, the same with .br and .gz.
func Dist() fs.FS { return sub(dist, "dist") }

// Locales holds one catalogue per interface language: en.json, de.json and so on (i18next JSON v4).
func Locales() fs.FS { return sub(locales, "locales") }

// Built tells whether the pages are inside.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

func sub(f fs.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil { // only for an invalid path, and ours are constants
		return f
	}
	return s
}
