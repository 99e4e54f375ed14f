package discussion

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"palestra/internal/store"
	"palestra/people"
)

// Posts are found by the beginnings of their words, folded: three, four and six letters are tokens in an index, one token
// leads, and the words of what it finds are compared. A word of a question that is longer than six letters also finds
// other endings of it.
const (
	shortest  = 2
	longest   = 24
	mostTerms = 1200
	mostWords = 400
)

// folded splits a text into folded words, with letters that folding leaves written out.
func folded(text string) []string {
	text = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "æ", "ae", "œ", "oe", "đ", "d").Replace(people.Fold(text))
	list := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range list {
		list[i] = cut(w, longest)
	}
	return slices.DeleteFunc(list, func(w string) bool { return len([]rune(w)) < shortest })
}

func cut(w string, n int) string {
	letters := []rune(w)
	return string(letters[:min(n, len(letters))])
}

// variants returns a text's words as they are looked for in its language: German umlauts are also found written with an e.
func variants(language, text string) []string {
	list := folded(text)
	base, _, _ := strings.Cut(language, "-")
	if base == "de" {
		lower := strings.ToLower(text)
		if spelt := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue").Replace(lower); spelt != lower {
			list = append(list, folded(spelt)...)
		}
	}
	return list
}

// keys returns the tokens of a word.
func keys(w string) []string {
	n := len([]rune(w))
	list := []string{}
	for _, k := range []int{2, 3, 4, 6} {
		switch {
		case k == 2 && n > 2: // two letters find only words of two letters
		case n >= k:
			list = append(list, cut(w, k))
		}
	}
	return list
}

// lead is the token of a word that is asked for: the longest that every word has which it shall find.
func lead(w string) string {
	n := len([]rune(w))
	switch {
	case n >= 6:
		return cut(w, 6)
	case n >= 4:
		return cut(w, 4)
	}
	return w
}

func terms(room, language, title, said string) []string {
	seen := map[string]bool{}
	out := []string{}
	list := variants(language, title+"\n"+marks().ReplaceAllString(said, " "))
	for _, w := range list[:min(len(list), 5*mostWords)] {
		for _, k := range keys(w) {
			if t := room + "|" + k; !seen[t] && len(out) < mostTerms {
				seen[t] = true
				out = append(out, t)
			}
		}
	}
	return out
}

// has reports whether one of the words begins like a word that is asked for. Long ones may end otherwise by three letters.
func has(words []string, asked string) bool {
	if n := len([]rune(asked)); n > 6 {
		asked = cut(asked, max(6, n-3))
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, asked) })
}

// Search finds posts of a room by words, the newest first, with their threads. Pages may be short. What is hidden is
// found by nobody.
func (s *Service) Search(ctx context.Context, by people.Actor, p Place, text, cursor string, limit int) (Talk, string, error) {
	r, err := s.enter(ctx, by, p)
	if err != nil {
		return Talk{}, "", err
	}
	wanted := folded(text)
	wanted = wanted[:min(len(wanted), 8)]
	slices.SortStableFunc(wanted, func(a, b string) int { return len(b) - len(a) })
	if len(wanted) == 0 {
		return Talk{Room: r, Threads: map[string]Thread{}}, "", nil
	}
	q := store.Query{Index: "byTerm", Equal: []any{r.Key + "|" + lead(wanted[0])}, Reverse: true, Cursor: cursor, Limit: limit}
	if len(wanted) > 1 {
		q.Where = map[string]any{"terms": r.Key + "|" + lead(wanted[1])}
	}
	page, err := s.posts.Find(ctx, r.Host, q)
	if err != nil {
		return Talk{}, "", wrap("Search", err)
	}
	page.Docs = slices.DeleteFunc(page.Docs, func(d Post) bool {
		title := ""
		if d.Opens != nil {
			title = d.Opens.Title
		}
		words := variants(d.Language, title+"\n"+marks().ReplaceAllString(d.Words, " "))
		return d.State != Shown || slices.ContainsFunc(wanted, func(w string) bool { return !has(words, w) })
	})
	talk, err := s.talk(ctx, r, page.Docs)
	if err != nil {
		return talk, "", err
	}
	talk.Posts = slices.DeleteFunc(talk.Posts, func(d Post) bool { t, ok := talk.Threads[d.Thread]; return !ok || t.Hidden })
	return talk, page.Next, nil
}
