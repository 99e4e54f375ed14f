package video

import (
	"slices"
	"strings"
)

// Named returns the keys of the objects that belong to a video according to its document, for checks of an
// installation: what is stored and not named by any video is an orphan, and what is named and not stored is missing. Of
// what a video in work needs on the way, and of litter, it returns what is stored.
func Named(org string, v Video, stored map[string]bool) []string {
	var keys []string
	if v.State != Uploading {
		keys = append(keys, v.Source)
	}
	for _, f := range v.Formers {
		keys = append(keys, f.Source)
	}
	if v.Next != nil && stored[v.Next.Source] {
		keys = append(keys, v.Next.Source)
	}
	if v.Poster != "" {
		keys = append(keys, v.Poster)
	}
	if v.Levels != "" {
		keys = append(keys, v.Levels)
	}
	if v.Storyboard != nil {
		keys = append(keys, v.Storyboard.Sheets...)
	}
	for _, c := range v.Captions {
		keys = append(keys, c.Key)
	}
	for _, l := range v.Litter {
		for k := range stored {
			if (k == l.Key || strings.HasSuffix(l.Key, "/") && strings.HasPrefix(k, l.Key)) && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	for _, r := range v.stored() {
		for _, k := range r.keys(v.prefix(org)) {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	if v.Plan != nil && v.State != Ready {
		for k := range stored {
			if v.names(org, k) && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// keys returns those of a rendition's objects.
func (r *Rendition) keys(prefix string) []string {
	keys := []string{prefix + r.Folder + "/" + playlistFile, prefix + r.Folder + "/" + initFile}
	for n := range r.Objects - 2 {
		keys = append(keys, prefix+r.Folder+"/"+segmentFile(n))
	}
	return keys
}
