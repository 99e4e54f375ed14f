package certificate

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"palestra/internal/pdf"
)

// Paper writes a certificate for a file or a wall: what its page says, as checked now, and where the page is. Whoever doubts
// it looks there; a paper proves nothing by itself.
func (r *Renderer) Paper(w io.Writer, locale string, c Certificate, now time.Time) error {
	if len(c.Entries) == 0 || c.Zone == nil {
		return errors.New("certificate.Paper: a certificate has at least one entry and a zone")
	}
	p := r.page(locale, &c, now)
	d, err := pdf.New(pdf.Meta{Title: p.Title + ": " + p.Course, Language: p.Locale, Made: now, Footer: p.URL, PageOf: r.texts.T(p.Locale, "paper.page", map[string]any{"page": "%d", "pages": "%d"})})
	if err != nil {
		return fmt.Errorf("certificate.Paper: %w", err)
	}
	d.Text(p.Organisation)
	d.Heading(1, p.Title, "")
	var sentence strings.Builder
	for _, x := range p.Sentence {
		sentence.WriteString(x.Text)
	}
	d.Text(sentence.String())
	d.Heading(2, p.Heading, "")
	d.Text(p.Says)
	d.Heading(2, p.T("content"), "")
	facts := [][2]string{{p.T("person"), p.Person}, {p.CourseWord, p.Course}, {p.VersionWord, p.Version}, {p.T("town"), p.Organisation}, {p.T("completed"), p.Completed}, {p.T("time"), p.Minutes},
		{p.T("score"), p.Score}, {p.T("rule"), strings.Join(p.Rule, "\n")}, {p.T("ruleVersion"), p.RuleVersion}}
	for _, x := range p.Parts {
		facts = append(facts, [2]string{p.T("parts"), x.Title + ": " + x.Says})
	}
	for _, x := range p.Signed {
		if x.Code {
			facts = append(facts, [2]string{x.Name, x.Value})
		}
	}
	said := facts[:0]
	for _, f := range facts {
		if f[1] != "" {
			said = append(said, f)
		}
	}
	d.Facts(append(said, [2]string{p.T("address"), p.URL}))
	if len(p.History) > 1 {
		d.Heading(2, p.T("history"), "")
		var events [][2]string
		for _, e := range p.History {
			events = append(events, [2]string{e.Written, strings.TrimSuffix(e.What+": "+e.Reason, ": ")})
		}
		d.Facts(events)
	}
	if err := d.Write(w); err != nil {
		return fmt.Errorf("certificate.Paper: %w", err)
	}
	return nil
}
