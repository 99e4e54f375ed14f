package practice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Difference is one thing in which two cards differ. Who shows it has both cards and words for their entries.
type Difference struct {
	Section string // one of Sections
	Kind    string // added, removed or changed
	Before  int    // number of the entry in its section of the first card, from 0; -1 if added
	After   int    // of the second card; -1 if removed
}

// Compare returns what is different in b from a, section by section, in the words of a language, else in those of the
// card's first. Entries of a list are compared with each other: one that stands in another place has not changed, one
// between the same neighbours has.
func Compare(a, b Content, language string) []Difference {
	list := []Difference{}
	x, y := a.parts(language), b.parts(language)
	for _, section := range Sections() {
		for _, d := range differ(x[section], y[section]) {
			d.Section = section
			list = append(list, d)
		}
	}
	return list
}

// parts renders each section as its entries, to be compared.
func (c *Content) parts(language string) map[string][]string {
	in := func(t Text) string {
		s, _ := t.In(append([]string{language}, c.Languages...)...)
		return s
	}
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	all := func(list []Text) (out []string) {
		for _, t := range list {
			out = append(out, one(in(t))...)
		}
		return out
	}
	parts := map[string][]string{
		"title": one(in(c.Title)), "summary": one(in(c.Summary)), "description": one(in(c.Description)), "territory": one(c.Territory.words()),
		"objectives": all(c.Objectives), "conditions": all(c.Conditions), "difficulties": all(c.Difficulties),
		"evidence": one(in(c.Evidence)), "transfer": one(in(c.Transfer)), "legal": one(in(c.Legal)), "costs": one(c.Costs.words()),
		"topics": c.Topics, "technologies": c.Technologies, "personas": c.Personas, "competences": c.Competences, "labels": c.Labels, "licence": one(c.Licence),
	}
	for _, s := range c.Steps {
		parts["steps"] = append(parts["steps"], string(s.When)+" · "+in(s.What))
	}
	for _, r := range c.Resources {
		parts["resources"] = append(parts["resources"], strings.Join(slices.DeleteFunc([]string{in(r.What), times(r.Quantity), unit(r.FTE, "FTE"), unit(float64(r.Months), "months"), in(r.Funding)},
			func(s string) bool { return s == "" }), " · "))
	}
	for _, l := range c.Lessons {
		parts["lessons"] = append(parts["lessons"], fmt.Sprintf("%s · %d:%02d", l.Title, l.Second/60, l.Second%60))
	}
	for _, l := range c.Links {
		parts["links"] = append(parts["links"], strings.TrimSpace(l.Title+" "+l.URL))
	}
	for _, f := range c.Files {
		parts["files"] = append(parts["files"], strings.Join(slices.DeleteFunc([]string{in(f.Title), in(f.Alt), f.Name, f.Licence, f.File.ID}, func(s string) bool { return s == "" }), " · "))
	}
	return parts
}

func (t Territory) words() string {
	words := slices.DeleteFunc([]string{t.Name, t.Region, t.Country, t.Code}, func(s string) bool { return s == "" })
	if t.Residents > 0 {
		words = append(words, strconv.FormatInt(t.Residents, 10))
	}
	return strings.Join(words, ", ")
}

func (c Costs) words() string {
	switch {
	case c.From == 0 && c.To == 0:
		return ""
	case c.To == 0 || c.To == c.From:
		return fmt.Sprintf("EUR %d / %s", c.From, c.Per)
	}
	return fmt.Sprintf("EUR %d–%d / %s", c.From, c.To, c.Per)
}

func times(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + " ×"
}

func unit(n float64, name string) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + " " + name
}

// differ compares two short lists by their longest common subsequence. What one lacks and the other has at the same
// place has changed; what only moved is left out.
func differ(a, b []string) []Difference {
	common := make([][]int, len(a)+1) // length of the longest common subsequence of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var list []Difference
	var gone, come []int
	flush := func() {
		gone = slices.DeleteFunc(gone, func(i int) bool { return slices.Contains(b, a[i]) })
		come = slices.DeleteFunc(come, func(j int) bool { return slices.Contains(a, b[j]) })
		for n := range max(len(gone), len(come)) {
			switch {
			case n >= len(come):
				list = append(list, Difference{Kind: "removed", Before: gone[n], After: -1})
			case n >= len(gone):
				list = append(list, Difference{Kind: "added", Before: -1, After: come[n]})
			default:
				list = append(list, Difference{Kind: "changed", Before: gone[n], After: come[n]})
			}
		}
		gone, come = nil, nil
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			flush()
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			gone = append(gone, i)
			i++
		default:
			come = append(come, j)
			j++
		}
	}
	flush()
	return list
}
