package course

import (
	"slices"
	"strings"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/lang"
)

// Text is a text in several languages: BCP 47 tag to words. A language that lacks is not in it.
type Text map[string]string

// In returns the text in the first of the languages that it has, else in any, deterministically; and which one it is,
// so that screen readers pronounce it.
func (t Text) In(languages ...string) (text, language string) {
	for _, l := range languages {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	for _, l := range lang.Locales() {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	return "", ""
}

// has reports whether the text is there in a language.
func (t Text) has(language string) bool { return strings.TrimSpace(t[language]) != "" }

// Check refuses unknown languages and texts of more than limit characters, and drops empty ones.
func (t Text) Check(path string, limit int) (Text, error) {
	clean := Text{}
	for l, s := range t {
		if !slices.Contains(lang.Locales(), l) {
			return nil, fault.New(fault.Invalid, "course.language", "%q is not a language of courses", l).With("language", l).At(path, "course.language")
		}
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return nil, fault.New(fault.Invalid, "course.text", "the text is not valid UTF-8").At(path, "course.text")
		}
		if utf8.RuneCountInString(s) > limit {
			return nil, fault.New(fault.Invalid, "course.text_long", "the text has more than %d characters", limit).With("max", limit).At(path, "course.text_long")
		}
		if strings.TrimSpace(s) != "" {
			clean[l] = s
		}
	}
	return clean, nil
}
