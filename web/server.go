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
func ServerLocales() fs.FS {
	f, err := fs.Sub(serverLocales, "locales/server")
	if err != nil { // only for an invalid path, and ours is constant
		return serverLocales
	}
	return f
}

//go:embed src/ui/tokens.css
var tokens []byte

// Tokens returns the style sheet that names all colours, sizes and spaces, for the pages that the server renders itself.
func Tokens() []byte { return slices.Clone(tokens) }
