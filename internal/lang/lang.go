// Package lang speaks the languages of the people: it reads the catalogues (i18next JSON v4, the same ones that the
// pages read) and fills in their sentences.
package lang

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Default is the language that every key exists in.
const Default = "en"

// Locales lists the interface languages, the default first.
func Locales() []string { return []string{"en", "de", "it", "fr", "es", "pt", "sv", "fi", "pl"} }

// Catalogue holds the sentences of every language.
type Catalogue struct {
	texts map[string]map[string]string // locale, key
	tags  map[string]language.Tag
}

// Load reads <locale>.json for every locale from the folders, later ones adding to earlier ones.
func Load(folders ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{texts: map[string]map[string]string{}, tags: map[string]language.Tag{}}
	for _, l := range Locales() {
		tag, err := language.Parse(l)
		if err != nil {
			return nil, fmt.Errorf("lang.Load %s: %w", l, err)
		}
		c.tags[l], c.texts[l] = tag, map[string]string{}
		for _, f := range folders {
			b, err := fs.ReadFile(f, path.Base(l)+".json")
			if errors.Is(err, fs.ErrNotExist) {
				continue // the default language speaks instead; a test demands every file
			}
			if err != nil {
				return nil, fmt.Errorf("lang.Load %s: %w", l, err)
			}
			add := map[string]string{}
			if err := json.Unmarshal(b, &add); err != nil {
				return nil, fmt.Errorf("lang.Load %s: %w", l, err)
			}
			maps.Copy(c.texts[l], add)
		}
	}
	return c, nil
}

// Keys lists the keys of a locale in order.
func (c *Catalogue) Keys(locale string) []string {
	keys := make([]string, 0, len(c.texts[locale]))
	for k := range c.texts[locale] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Text returns the raw sentence of a key, and whether the locale has it.
func (c *Catalogue) Text(locale, key string) (string, bool) {
	s, ok := c.texts[locale][key]
	return s, ok
}

// Match returns the interface language for a BCP 47 tag or an Accept-Language header, or the default.
func (c *Catalogue) Match(preferred ...string) string {
	for _, p := range preferred {
		tags, _, err := language.ParseAcceptLanguage(p)
		if err != nil {
			continue
		}
		for _, t := range tags {
			base, _ := t.Base()
			if slices.Contains(Locales(), base.String()) {
				return base.String()
			}
		}
	}
	return Default
}

// T returns the sentence of a key in a locale with {{name}} replaced by params["name"]. A parameter "count" chooses the
// plural form (CLDR cardinal). What a locale lacks is taken from the default; what that lacks too is the key itself.
func (c *Catalogue) T(locale, key string, params map[string]any) string {
	if _, ok := c.texts[locale]; !ok {
		locale = Default
	}
	s, ok := c.find(locale, key, params)
	if !ok {
		if s, ok = c.find(Default, key, params); !ok {
			return key
		}
	}
	return fill(s, params)
}

func (c *Catalogue) find(locale, key string, params map[string]any) (string, bool) {
	if n, ok := params["count"].(int); ok {
		form := plural.Cardinal.MatchPlural(c.tags[locale], n, 0, 0, 0, 0)
		for _, suffix := range []string{forms()[form], "other"} {
			if s, ok := c.texts[locale][key+"_"+suffix]; ok {
				return s, true
			}
		}
	}
	s, ok := c.texts[locale][key]
	return s, ok
}

func forms() map[plural.Form]string {
	return map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
}

func fill(s string, params map[string]any) string {
	if !strings.Contains(s, "{{") {
		return s
	}
	pairs := make([]string, 0, 2*len(params))
	for k, v := range params {
		pairs = append(pairs, "{{"+k+"}}", fmt.Sprint(v))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
