package video

import (
	"slices"
	"strings"
)

// Named returns the keys of the objects that belong to a video according to its document, for checks of an
// installation: what is stored and not named by any video is an orphan. Of renditions, whose segments the document
// only counts, it returns those that are stored; should some be missing, one key that tells which rendition.
func Named(org string, v Video, stored map[string]bool) []string {
	var keys []string
	if v.State != Uploading {
		keys = append(keys, v.Source)
	}
	if v.Poster != "" {
		keys = append(keys, v.Poster)
	}
	if v.Levels != "" {
		keys = append(keys, v.Levels)
	}
	for _, c := range v.Captions {
		keys = append(keys, c.Key)
	}
	for _, l := range v.Litter {
		if stored[l.Key] && !slices.Contains(keys, l.Key) {
			keys = append(keys, l.Key)
		}
	}
	renditions := v.Renditions
	if v.Sound != nil {
		renditions = append(slices.Clone(renditions), *v.Sound)
	}
	for _, r := range renditions {
		folder, n := v.prefix(org)+r.Folder+"/", 0
		for k := range stored {
			if strings.HasPrefix(k, folder) {
				keys = append(keys, k)
				n++
			}
		}
		if n != r.Objects {
			keys = append(keys, folder+"incomplete")
		}
	}
	return keys
}
