package world

import "slices"

// Library is what people write together.
type Library struct {
	Pages []Page `yaml:"pages"`
}

// Page is one of the first cohort of a bootcamp, or of a town's territory.
type Page struct {
	Bootcamp string  `yaml:"bootcamp"` // English title
	Town     string  `yaml:"town"`     // slug; whose territory it is about
	Versions []Wrote `yaml:"versions"`
	Locked   string  `yaml:"locked"` // why; its first writer leads
}

// Wrote is a version of a page.
type Wrote struct {
	Who      string `yaml:"who"`
	Town     string `yaml:"town"`
	Day      int    `yaml:"day"`
	Title    string `yaml:"title"`
	Language string `yaml:"language"`
	Words    string `yaml:"words"`
	Why      string `yaml:"why"`
}

// cut leaves what people wrote who are there.
func (x *Library) cut(known func(email string) bool) {
	for i := range x.Pages {
		p := &x.Pages[i]
		p.Versions = slices.DeleteFunc(p.Versions, func(v Wrote) bool { return !known(v.Who) })
	}
	x.Pages = slices.DeleteFunc(x.Pages, func(p Page) bool { return len(p.Versions) == 0 })
}
