package web

import (
	"embed"
	"io/fs"
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
