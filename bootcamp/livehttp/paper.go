package livehttp

import (
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/live"
	"palestra/internal/lang"
	"palestra/internal/pdf"
	"palestra/internal/web"
)

// highEnough is how many points a row needs in which somebody signs (11 mm).
const highEnough = 31

// attendancePaper writes a session's list as a sheet to sign, in the language that is asked for. Before the session begins it
// is a list of names; afterwards it says what is known.
func (h *handlers) attendancePaper(c *fiber.Ctx) error {
	list, zone, err := h.listed(c)
	if err != nil {
		return err
	}
	locale := h.texts.Match(strings.Clone(c.Query("lang")), strings.Clone(c.Get(fiber.HeaderAcceptLanguage)))
	d, err := paper{h.texts, locale, zone, h.svc.Now()}.sheet(list)
	if err != nil {
		return err
	}
	_, cancel := web.FileContext(c)
	web.File(c, h.log, "application/pdf", "attendance.pdf", cancel, func(w io.Writer) error { return d.Write(w) })
	return nil
}

// paper is what a sheet is written with.
type paper struct {
	texts  *lang.Catalogue
	locale string
	zone   *time.Location // of the session
	now    time.Time
}

func (p paper) say(key string) string { return p.texts.T(p.locale, key, nil) }

func (p paper) with(key string, params map[string]any) string {
	return p.texts.T(p.locale, key, params)
}

// when is a time as somebody reads it who may be elsewhere.
func (p paper) when(t time.Time) string { return p.texts.Zoned(p.locale, t.In(p.zone)) }

func (p paper) sheet(list live.Listing) (*pdf.Document, error) {
	say := p.say
	d, err := pdf.New(pdf.Meta{Title: say("attend.title") + ": " + list.Session.Title, Language: p.locale, Made: p.now,
		Footer: p.with("paper.asOf", map[string]any{"when": p.when(p.now)}),
		PageOf: p.with("paper.page", map[string]any{"page": "%d", "pages": "%d"})})
	if err != nil {
		return nil, err
	}
	d.Heading(1, say("attend.title"), "")
	d.Heading(2, list.Session.Title, list.Session.Language)
	bootcamp, _ := list.Title.In(p.locale, list.Session.Language)
	about := []string{bootcamp + " · " + list.HostName, p.when(list.Session.Starts) + " · " + p.with("proof.minutes", map[string]any{"count": list.Session.Minutes})}
	var place []string
	for _, part := range []string{list.Session.Place.Name, list.Session.Place.Address, list.Session.Place.Room} {
		if part != "" {
			place = append(place, part)
		}
	}
	if len(place) > 0 {
		about = append(about, strings.Join(place, ", "))
	}
	for _, f := range list.Funding {
		about = append(about, say("camp.funding."+f.Kind)+": "+f.Code)
	}
	d.Text(strings.Join(about, "\n"))

	if p.now.Before(list.Session.Starts) {
		rows := make([][]string, 0, len(list.Rows))
		for _, r := range list.Rows {
			rows = append(rows, []string{p.named(r), r.TownName, ""})
		}
		d.Table([]pdf.Column{{Title: say("attend.name"), Share: 0.35}, {Title: say("proof.town"), Share: 0.3}, {Title: say("paper.signature"), Share: 0.35}}, rows, highEnough)
		return d, nil
	}
	rows := make([][]string, 0, len(list.Rows))
	for _, r := range list.Rows {
		state := say("attend.state." + r.State)
		if r.Differs {
			state += "\n" + say("attend.differs")
		}
		rows = append(rows, []string{p.named(r) + "\n" + r.TownName, state, p.texts.Number(p.locale, int64(r.Minutes)), p.knownFrom(r), ""})
	}
	d.Table([]pdf.Column{{Title: say("attend.name"), Share: 0.25}, {Title: say("attend.state"), Share: 0.15}, {Title: say("attend.minutes"), Share: 0.1, Right: true}, {Title: say("attend.seen"), Share: 0.25},
		{Title: say("paper.signature"), Share: 0.25}}, rows, highEnough)
	d.Small(p.with("attend.rule", map[string]any{"share": list.Share}))
	return d, nil
}

func (p paper) named(r live.Row) string {
	if r.Name == "" {
		return p.say("room.nobody")
	}
	return r.Name
}

// knownFrom says from where somebody's attendance is known.
func (p paper) knownFrom(r live.Row) string {
	var all []string
	if r.Room > 0 {
		all = append(all, p.with("attend.seen.room", map[string]any{"count": r.Room}))
	}
	if r.CheckedIn != nil {
		all = append(all, p.with("attend.seen.door", map[string]any{"time": r.CheckedIn.In(p.zone).Format("15:04")}))
	}
	if n := len(r.Marks); n > 0 {
		m := r.Marks[n-1]
		all = append(all, p.with("attend.seen.mark", map[string]any{"when": p.texts.DateTime(p.locale, m.At.In(p.zone)), "reason": m.Reason}))
		if n > 1 {
			all = append(all, p.with("attend.seen.before", map[string]any{"count": n - 1}))
		}
	}
	if len(all) == 0 {
		return p.say("attend.seen.nothing")
	}
	return strings.Join(all, "\n")
}
