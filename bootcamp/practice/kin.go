package practice

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"palestra/internal/store"
	"palestra/people"
)

// Traits are by what practices, challenges and experts are related to each other.
type Traits struct {
	Topics      []string
	Competences []string
	Labels      []string
	Words       []string // texts whose words count
}

// How much a trait says, and how many of them are looked for.
const (
	maxTraits  = 16 // tokens that are looked for
	maxOfWords = 6  // of these, words
	tellingFew = 5  // letters from which on a word tells something
	perTrait   = 12 // documents that are looked at for each
)

// Keys lists the tokens by which what is related is found, the most telling first.
func (t Traits) Keys() []string {
	var keys []string
	add := func(k string) {
		if len(keys) < maxTraits && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for _, x := range t.Topics {
		add("topic|" + x)
	}
	for _, x := range t.Competences {
		add("competence|" + x)
	}
	var words []string
	for _, l := range t.Labels {
		words = append(words, wordsOf(l)...)
	}
	for _, s := range t.Words {
		words = append(words, wordsOf(s)...)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return len([]rune(w)) < tellingFew })
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	n := 0
	for _, w := range words {
		if k := wordToken(w); n < maxOfWords && !slices.Contains(keys, k) {
			add(k)
			n++
		}
	}
	return keys
}

// Tokens lists all that something with these traits is found by: its choices, and the beginnings of its words.
func (t Traits) Tokens(more ...string) []string {
	list := slices.Clone(more)
	for _, x := range t.Topics {
		list = append(list, "topic|"+x)
	}
	for _, x := range t.Competences {
		list = append(list, "competence|"+x)
	}
	return wordTokens(list, slices.Concat(t.Labels, t.Words))
}

// Lead returns the narrowest token of a search, with which an index is walked, and all others, which are looked at in
// what it finds.
func Lead(words string, choices map[string]string) (first string, others []string) {
	var wanted []string
	for _, w := range wordsOf(words) {
		wanted = append(wanted, wordToken(w))
	}
	slices.SortStableFunc(wanted, func(a, b string) int { return len(b) - len(a) })
	for _, kind := range slices.Sorted(maps.Keys(choices)) {
		if choices[kind] != "" {
			wanted = append(wanted, kind+"|"+choices[kind])
		}
	}
	if len(wanted) == 0 {
		wanted = []string{"all"}
	}
	return wanted[0], wanted[1:]
}

// Kin is something that is related, and by what.
type Kin[T any] struct {
	Of     T
	Shared []string // tokens: topic|energy, competence|2.3, word|letters
	weight int
}

// Common returns what both have: topics, competences, and beginnings of words.
func (k Kin[T]) Common() (topics, competences, words []string) {
	topics, competences, words = []string{}, []string{}, []string{}
	for _, t := range k.Shared {
		kind, value, _ := strings.Cut(t, "|")
		switch kind {
		case "topic":
			topics = append(topics, value)
		case "competence":
			competences = append(competences, value)
		default:
			words = append(words, value)
		}
	}
	return topics, competences, words
}

// Related finds what is related most closely: find returns what has a token. It costs as much however much is stored.
func Related[T any](ctx context.Context, t Traits, limit int, id func(T) string, find func(ctx context.Context, token string, limit int) ([]T, error)) ([]Kin[T], error) {
	var all []Kin[T]
	at := map[string]int{}
	for _, key := range t.Keys() {
		docs, err := find(ctx, key, perTrait)
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			i, known := at[id(d)]
			if !known {
				i = len(all)
				at[id(d)] = i
				all = append(all, Kin[T]{Of: d})
			}
			all[i].Shared = append(all[i].Shared, key)
			all[i].weight += weigh(key)
		}
	}
	all = slices.DeleteFunc(all, func(k Kin[T]) bool { return k.weight < 2 }) // one word alone is chance
	slices.SortStableFunc(all, func(a, b Kin[T]) int { return cmp.Compare(b.weight, a.weight) })
	return all[:min(limit, len(all))], nil
}

func weigh(token string) int {
	switch token[0] {
	case 't': // topic
		return 3
	case 'c': // competence
		return 2
	}
	return 1
}

// Kindred lists the published cards that have most in common with something, to everybody who is signed in.
func (s *Service) Kindred(ctx context.Context, by people.Actor, t Traits, limit int) ([]Kin[Card], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return nil, err
	}
	list, err := Related(ctx, t, limit, func(c Card) string { return c.ID }, func(ctx context.Context, token string, limit int) ([]Card, error) {
		p, err := s.cards.Find(ctx, store.Query{Index: "byToken", Equal: []any{token}, Reverse: true, Limit: limit})
		return p.Docs, err
	})
	return list, wrap("Kindred", err)
}

// Checker tidies what people write, with the faults of practices, and keeps the first thing that is wrong.
type Checker struct{ k checker }

// Text checks a text in several languages.
func (c *Checker) Text(path string, t *Text, limit int) { c.k.text(path, t, limit) }

// Texts checks a list of texts and drops those that say nothing.
func (c *Checker) Texts(path string, list *[]Text) { c.k.texts(path, list) }

// Line checks one line, which may be empty.
func (c *Checker) Line(path string, s *string) { c.k.line(path, s) }

// Plain checks several lines, which may be empty.
func (c *Checker) Plain(path string, s *string, limit int) { c.k.plain(path, s, limit) }

// Words checks a list of lines.
func (c *Checker) Words(path string, list *[]string) { c.k.words(path, list) }

// Among checks that all entries of a list are allowed.
func (c *Checker) Among(path string, list *[]string, allowed []string) {
	c.k.among(path, list, allowed)
}

// Err returns what was wrong first, or nil.
func (c *Checker) Err() error { return c.k.err }
