package video

import (
	"context"
	"slices"
	"strings"

	"palestra/internal/store"
)

// CheckObjects compares what is stored of an organisation's videos with their documents: missing are objects that a
// document names and that are not there; orphans are there and named by none. While videos are uploaded, encoded or
// deleted, both change from one moment to the next.
func (s *Service) CheckObjects(ctx context.Context, org string) (missing, orphans []string, err error) {
	stored := map[string]map[string]bool{} // by video
	prefix := "v/" + org + "/"
	for info, err := range s.c.Objects.List(ctx, prefix, "") {
		if err != nil {
			return nil, nil, wrap("CheckObjects", err)
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(info.Key, prefix), "/")
		if stored[id] == nil {
			stored[id] = map[string]bool{}
		}
		stored[id][info.Key] = true
	}
	err = s.videos.Each(ctx, org, store.Query{Limit: store.MaxLimit}, func(v Video) error {
		if !v.Deleted { // else its objects are going
			for _, k := range Named(org, v, stored[v.ID]) {
				if !stored[v.ID][k] {
					missing = append(missing, k)
				}
				delete(stored[v.ID], k)
			}
			for k := range stored[v.ID] {
				orphans = append(orphans, k)
			}
		}
		delete(stored, v.ID)
		return nil
	})
	for _, keys := range stored {
		for k := range keys {
			orphans = append(orphans, k)
		}
	}
	slices.Sort(orphans)
	return missing, orphans, wrap("CheckObjects", err)
}
