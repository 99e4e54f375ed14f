package indicator

import (
	"context"
	"io"
	"iter"

	"palestra/course/export"
	"palestra/people"
)

// Format names the columns of the table of figures, which stay as they are.
const Format = "bootcamp-figures/1"

// Columns lists them. A hidden figure is empty, and hidden says so.
func Columns() []export.Head {
	return []export.Head{{Name: "as_of", Type: export.Date}, {Name: "scope", Type: export.Text}, {Name: "scope_id", Type: export.Text}, {Name: "scope_name", Type: export.Text},
		{Name: "indicator", Type: export.Text}, {Name: "by", Type: export.Text}, {Name: "part", Type: export.Text}, {Name: "part_name", Type: export.Text},
		{Name: "count", Type: export.Integer}, {Name: "hours", Type: export.Decimal}, {Name: "persons", Type: export.Integer}, {Name: "hidden", Type: export.Flag}}
}

// Table writes figures as a table. form is one of export.Forms.
func (s *Service) Table(ctx context.Context, by people.Actor, id, asOf, temp string) (func(w io.Writer, form string) error, error) {
	f, err := s.Figures(ctx, by, id, asOf)
	if err != nil {
		return nil, err
	}
	labels, err := s.Labels(ctx, by, f)
	if err != nil {
		return nil, err
	}
	o, err := s.c.People.Organisation(ctx, f.Host)
	if err != nil {
		return nil, err
	}
	scope, scopeID, scopeName := "town", f.Host, o.Name
	if id != "" {
		b, err := s.c.Camps.Bootcamp(ctx, by, id)
		if err != nil {
			return nil, err
		}
		scope, scopeID, scopeName = "bootcamp", id, titleOf(b, by.Locale)
	}
	zone, err := s.zone(ctx, f.Host)
	if err != nil {
		return nil, err
	}
	info := export.Info{Organisation: o.Name, OrganisationID: f.Host, Zone: zone, AsOf: s.now().In(zone), Temp: temp}
	number := func(n Number, make func(int64) export.Value) export.Value {
		if n.Hidden {
			return export.Nothing()
		}
		return make(n.Value)
	}
	hours := func(minutes int64) export.Value { return export.Hundredths((minutes*100 + 30) / 60) }
	row := func(what, by, part, name string, count, minutes, persons Number) []export.Value {
		return []export.Value{export.Day(f.AsOf).Value(), export.Words(scope), export.Words(scopeID), export.Words(scopeName), export.Words(what), export.Words(by), export.Words(part), export.Words(name),
			number(count, export.Whole), number(minutes, hours), number(persons, export.Whole), export.Yes(count.Hidden || minutes.Hidden || persons.Hidden)}
	}
	var rows iter.Seq2[[]export.Value, error] = func(yield func([]export.Value, error) bool) {
		for _, l := range f.Lines {
			if !yield(row(l.What, l.By, l.Part, labels[l.Part], l.Count, l.Minutes, l.Persons), nil) {
				return
			}
		}
		for _, b := range f.Bridges { // why the parts and the whole differ
			for _, x := range []struct {
				part string
				n    Number
			}{{"sum-of-parts", b.Sum}, {"counted-again", b.Again}, {"distinct", b.Whole}} {
				if !yield(row("reconciliation", b.By, x.part, "", Number{}, Number{}, x.n), nil) {
					return
				}
			}
		}
	}
	return func(w io.Writer, form string) error {
		_, err := export.Tabulate(w, form, Format, "figures", Columns(), info, rows)
		return err
	}, nil
}
