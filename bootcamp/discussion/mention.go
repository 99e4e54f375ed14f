package discussion

import (
	"context"
	"html"
	"regexp"
	"slices"
	"strings"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// A mention stands in a post's words as a Who between two characters of Unicode's private use area, which nobody can
// type into a post. Names are put there when it is read, so that an erasure takes them out of every post.
const (
	markBegin = '\uE000'
	markEnd   = '\uE001'
)

// Mention is somebody who is named in a post.
type Mention struct {
	Person string
	Name   string // as it stands behind the @
}

// mention puts marks in the place of names and returns who is mentioned. fault discussion.nobody for who is not in the room
func (s *Service) mention(ctx context.Context, r Room, said string, list []Mention) (string, []string, error) {
	whos := []string{}
	// Longer names first: "@Ann" is also the beginning of "@Anna".
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Mention) int { return len(b.Name) - len(a.Name) })
	for _, m := range list {
		if m.Name == "" || !strings.Contains(said, "@"+m.Name) {
			continue // its name was deleted again
		}
		v, err := s.present(ctx, r, m.Person)
		if err != nil {
			return "", nil, err
		}
		said = strings.ReplaceAll(said, "@"+m.Name, string(markBegin)+v.Who+string(markEnd))
		if !slices.Contains(whos, v.Who) {
			whos = append(whos, v.Who)
		}
	}
	return said, whos, nil
}

// still puts marks in the place of names that a post has mentioned before it was changed.
func (s *Service) still(ctx context.Context, r Room, d Post, said string) (string, error) {
	names, err := s.names(ctx, r.Host, d.Mentions)
	if err != nil {
		return "", err
	}
	whos := slices.SortedFunc(slices.Values(d.Mentions), func(a, b string) int { return len(names[b].Name) - len(names[a].Name) })
	for _, w := range whos {
		if n := names[w].Name; n != "" {
			said = strings.ReplaceAll(said, "@"+n, string(markBegin)+w+string(markEnd))
		}
	}
	return said, nil
}

// present returns the voice of somebody who is in a room now.
func (s *Service) present(ctx context.Context, r Room, person string) (Voice, error) {
	nobody := invalid("mentions", "discussion.nobody", "somebody who is mentioned is not here")
	if len(person) > 64 || person == "" {
		return Voice{}, nobody
	}
	if r.Place.Practice != "" { // who has written here
		v, err := s.voices.Get(ctx, r.Host, join(r.Key, person))
		if gone(err) == nil && (err != nil || v.Name == "" || !v.Spoke) {
			return v, nobody
		}
		return v, wrap("present", err)
	}
	town, err := s.c.Cohorts.Insider(ctx, r.Host, r.Place.Cohort, person)
	if err != nil {
		return Voice{}, err
	}
	known, err := s.c.People.Known(ctx, person)
	if town == "" || fault.KindOf(err) == fault.NotFound {
		return Voice{}, nobody
	}
	if err != nil {
		return Voice{}, err
	}
	return s.voice(ctx, r, person, known.Name, town)
}

// Here is somebody who can be mentioned.
type Here struct{ Person, Name, TownName string }

const (
	mostHere   = 8
	mostLooked = 1200 // seats, and who leads or reads along
)

// Whom finds at most eight people of a room in whose name a word begins with a text, to choose whom to mention.
func (s *Service) Whom(ctx context.Context, by people.Actor, p Place, text string) ([]Here, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return nil, err
	}
	text = people.Fold(text)
	begins := func(name string) bool {
		name = people.Fold(name)
		return strings.HasPrefix(name, text) || strings.Contains(name, " "+text)
	}
	list := []Here{}
	if p.Practice != "" {
		page, err := s.voices.Find(ctx, r.Host, store.Query{From: r.Key + ".", To: r.Key + "/", Limit: store.MaxLimit})
		for _, v := range page.Docs {
			if v.Spoke && v.Name != "" && v.Person != by.Person && begins(v.Name) && len(list) < mostHere {
				list = append(list, Here{v.Person, v.Name, v.TownName})
			}
		}
		return list, wrap("Whom", err)
	}
	towns := map[string]string{}
	for cursor, looked := "", 0; looked < mostLooked; {
		page, err := s.c.Cohorts.Insiders(ctx, r.Host, p.Cohort, cursor, 200)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Docs {
			looked++
			if m.Person == by.Person || !begins(m.Name) {
				continue
			}
			if _, ok := towns[m.Town]; !ok {
				o, err := s.c.People.Organisation(ctx, m.Town)
				if err != nil && fault.KindOf(err) != fault.NotFound {
					return nil, err
				}
				towns[m.Town] = o.Name
			}
			if list = append(list, Here{m.Person, m.Name, towns[m.Town]}); len(list) == mostHere {
				return list, nil
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	return list, nil
}

func marks() *regexp.Regexp {
	return regexp.MustCompile(string(markBegin) + `([0-9a-z]{1,64})` + string(markEnd))
}

// mentioned lists who is named in words.
func mentioned(said string) []string {
	var list []string
	for _, m := range marks().FindAllStringSubmatch(said, -1) {
		list = append(list, m[1])
	}
	return list
}

// Named puts names in the place of marks: in HTML, or in words to be edited.
func Named(said string, names map[string]Name, inHTML bool, nobody string) string {
	return marks().ReplaceAllStringFunc(said, func(m string) string {
		who := strings.Trim(m, string(markBegin)+string(markEnd))
		name := names[who].Name
		if name == "" {
			name = nobody
		}
		if !inHTML {
			return "@" + name
		}
		return "<strong>@" + html.EscapeString(name) + "</strong>"
	})
}
