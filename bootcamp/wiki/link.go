package wiki

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"palestra/internal/store"
	"palestra/people"
)

// linkForm is how a link to another page is written: [[title]] or [[title|words]]; see internal/markdown.
func linkForm() *regexp.Regexp {
	return regexp.MustCompile(`\[\[([^\[\]|\n]{1,200})(?:\|[^\[\]\n]{1,200})?\]\]`)
}

// Linked lists the titles to which a text links. What stands in code is listed too: that a page is linked there is
// noted, and nothing else.
func Linked(words string) []string {
	titles := []string{}
	for _, m := range linkForm().FindAllStringSubmatch(words, -1) {
		if t := strings.Join(strings.Fields(m[1]), " "); t != "" && !slices.Contains(titles, t) {
			titles = append(titles, t)
		}
	}
	return titles
}

// Titled returns the page that is called so, or that was called so and nothing else is now. Fault wiki.not_found
func (s *Service) Titled(ctx context.Context, by people.Actor, place Place, title string) (Page, error) {
	r, err := s.Enter(ctx, by, place)
	if err != nil {
		return Page{}, err
	}
	p, ok, err := s.titled(ctx, r, title)
	if err == nil && !ok {
		err = notFound()
	}
	return p, err
}

func (s *Service) titled(ctx context.Context, r Room, title string) (Page, bool, error) {
	name := fold(title)
	if name == "" {
		return Page{}, false, nil
	}
	page, err := s.pages.Find(ctx, r.Host, store.Query{Index: "byTitle", Equal: []any{r.Key, name}, Limit: 1})
	if err == nil && len(page.Docs) == 0 {
		page, err = s.pages.Find(ctx, r.Host, store.Query{Index: "byName", Equal: []any{r.Key + "|" + name}, Limit: 1})
	}
	if err != nil || len(page.Docs) == 0 {
		return Page{}, false, wrap("titled", err)
	}
	return page.Docs[0], true, nil
}

// Around is what a page links to and is linked from.
type Around struct {
	Missing []string // titles of pages that nobody has written yet
	From    []Page   // pages that link to it, by title
}

// Around returns what is around a page that the actor may read.
func (s *Service) Around(ctx context.Context, r Room, p Page) (Around, error) {
	a := Around{Missing: []string{}, From: []Page{}}
	titles := Linked(p.Words)
	for _, t := range titles[:min(len(titles), maxLinks)] {
		_, ok, err := s.titled(ctx, r, t)
		if err != nil {
			return a, err
		}
		if !ok {
			a.Missing = append(a.Missing, t)
		}
	}
	for _, name := range p.Names {
		if is, ok, err := s.titled(ctx, r, strings.TrimPrefix(name, r.Key+"|")); err != nil {
			return a, err
		} else if ok && is.ID != p.ID {
			continue // a former title, which another page has now
		}
		page, err := s.pages.Find(ctx, r.Host, store.Query{Index: "byLink", Equal: []any{name}, Limit: 50})
		if err != nil {
			return a, wrap("Around", err)
		}
		for _, from := range page.Docs {
			if from.ID != p.ID && !from.Removed && !slices.ContainsFunc(a.From, func(o Page) bool { return o.ID == from.ID }) {
				a.From = append(a.From, from)
			}
		}
	}
	return a, nil
}
