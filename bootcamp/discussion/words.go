package discussion

import "slices"

// Terms returns what a text is found by in a place, for other rooms that are searched as discussions are; see search.go.
func Terms(place, language, title, words string) []string {
	return terms(place, language, title, words)
}

// Asked is what somebody looks for.
type Asked struct{ words []string }

// Ask reads what somebody looks for.
func Ask(text string) Asked {
	words := folded(text)
	words = words[:min(len(words), 8)]
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return Asked{words}
}

// Terms returns the token by which what is asked for is looked up in a place, and one more that it must have, or "".
func (a Asked) Terms(place string) (first, second string) {
	if len(a.words) > 0 {
		first = place + "|" + lead(a.words[0])
	}
	if len(a.words) > 1 {
		second = place + "|" + lead(a.words[1])
	}
	return first, second
}

// In reports whether a text has all words that are asked for.
func (a Asked) In(language, title, words string) bool {
	have := variants(language, title+"\n"+words)
	return !slices.ContainsFunc(a.words, func(w string) bool { return !has(have, w) })
}
