package web

import (
	"embed"
	"io/fs"
	"slices"
)

//go:embed locales/server/*.json
var serverLocales embed.FS

// ServerLocales holds one catalogue per interface language with what only the server says: mails and the pages that it
// renders itself.
func ServerLocales() fs.FS { return sub(serverLocales, "locales/server") }

//go:embed locales/errors/*.json
var errorLocales embed.FS

// ErrorLocales holds one catalogue per interface language with the stable codes that the server sends: faults, gaps of a
// course, differences of a reconciliation, audited actions.
func ErrorLocales() fs.FS { return sub(errorLocales, "locales/errors") }

//go:embed src/ui/tokens.css
var tokens []byte

// Tokens returns the style sheet that names all colours, sizes and spaces, for the pages that the server renders itself.
func Tokens() []byte { return slices.Clone(tokens) }
