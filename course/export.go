package course

import (
	"context"
	"errors"
	"iter"
	"math"
	"time"

	"palestra/course/export"
	"palestra/course/ledger"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Export is an export of the organisation's completions that is about to be written.
type Export struct {
	Info export.Info
	Rows iter.Seq2[export.Row, error] // oldest completion first; can be walked once
}

// Export returns every completion of the actor's organisation, leavers included, as HR's rows. HR may. Whoever exports
// is noted in the audit log and in the record store.
func (s *Service) Export(ctx context.Context, by people.Actor, format string) (Export, error) {
	if err := by.Must(people.HR); err != nil {
		return Export{}, err
	}
	x, err := s.export(ctx, by.Organisation)
	if err != nil {
		return Export{}, err
	}
	now := s.now()
	err = s.c.Records.Record(ctx, by.Organisation, Event{ID: s.c.NewName(), Account: by.Account, Verb: verbExported,
		Activity: Activity{Path: "/xapi/exports/hr-completions/1/" + format, Type: typeFile, Name: Text{"en": "hr-completions/1"}}, At: now})
	if err != nil {
		return Export{}, s.wrap("Export", err)
	}
	return x, s.c.People.Note(ctx, by.Organisation, by, "completions.exported", format, "")
}

// ExportOf returns every completion of an organisation, for the installation's own commands.
func (s *Service) ExportOf(ctx context.Context, org string) (Export, error) {
	return s.export(ctx, org)
}

// exporting is what every export needs of an organisation.
type exporting struct {
	town  people.Organisation
	days  people.Days
	info  export.Info
	units map[string]string // names by id
}

func (s *Service) exporting(ctx context.Context, org string) (x exporting, err error) {
	if x.town, err = s.c.People.Organisation(ctx, org); err != nil {
		return x, err
	}
	zone, err := x.town.Location()
	if err != nil {
		return x, s.wrap("exporting", err)
	}
	if x.days, err = x.town.Days(); err != nil {
		return x, s.wrap("exporting", err)
	}
	x.info = export.Info{Organisation: x.town.Name, OrganisationID: org, Zone: zone, AsOf: s.now(), Temp: s.c.Temp}
	x.units, err = s.c.People.UnitNames(ctx, org)
	return x, err
}

// by returns the day by which something was to be done, and when that day ends; nothing if no day was said.
func (x *exporting) by(due *time.Time) (export.Day, time.Time) {
	if due == nil {
		return "", time.Time{}
	}
	return export.Day(x.days.Ending(*due)), *due
}

func (s *Service) export(ctx context.Context, org string) (Export, error) {
	x, err := s.exporting(ctx, org)
	if err != nil {
		return Export{}, err
	}
	rows := func(yield func(export.Row, error) bool) {
		stop := errors.New("enough")
		err := s.completions.Each(ctx, org, store.Query{Index: "byAt", Limit: store.MaxLimit}, func(c Completion) error {
			row, err := s.row(ctx, &x, &c)
			if !yield(row, err) || err != nil {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(export.Row{}, s.wrap("export", err))
		}
	}
	return Export{Info: x.info, Rows: rows}, nil
}

func (s *Service) row(ctx context.Context, x *exporting, c *Completion) (export.Row, error) {
	m, err := s.c.People.MemberOf(ctx, x.town.ID, c.Person)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return export.Row{}, err
	}
	title, _ := c.Title.In(x.town.Locale)
	r := export.Row{Record: c.ID, Entry: c.Ledger, Name: m.Name, Email: m.Email, Unit: x.units[m.Unit], Course: c.Course, CourseTitle: title, CourseVersion: int64(c.Version),
		Rule: c.RuleName(), State: export.Completed, EnrolledAt: c.Enrolled, CompletedAt: c.CompletedAt(), Minutes: int64(c.MinutesNow()), Via: c.Via, Account: c.Account,
		Statements: append([]string{c.Statement}, c.Statements...), EvidenceHash: c.Hash, Certificate: s.c.PublicURL + "/c/" + c.Certificate, Left: !m.Active}
	if n := len(c.Corrections); n > 0 {
		k := c.Corrections[n-1]
		r.State, r.Reason = export.Corrected, k.Reason
		if k.Ledger > 0 {
			r.Entry = k.Ledger
		}
		if c.Withdrawn {
			r.State = export.Withdrawn
		}
	}
	r.Due, r.DueEnds = x.by(c.Due)
	if c.Score != nil {
		n := int64(math.Round(*c.Score * 10_000))
		r.Score = &n
	}
	return r, nil
}

// Entries yields an organisation's ledger in order, for archives.
func (s *Service) Entries(ctx context.Context, org string) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		stop := errors.New("enough")
		err := s.Ledger(ctx, org, func(line []byte) error {
			e, err := ledger.Parse(trim(line))
			if !yield(e, err) || err != nil {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(ledger.Entry{}, err)
		}
	}
}

// Certified is a completion with what proves it.
type Certified struct {
	Organisation people.Organisation
	Person       string // name; "" if she was erased
	Completion   Completion
	Entries      []CertifiedEntry // the completion's own, then its corrections'
}

// CertifiedEntry is an entry of the ledger and the one before it.
type CertifiedEntry struct {
	Entry  ledger.Entry
	Before *ledger.Entry
}

// Certified returns what a certificate's page shows. Anybody who has the code may.
func (s *Service) Certified(ctx context.Context, code string) (Certified, error) {
	a, err := s.certificates.Get(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		return Certified{}, fault.New(fault.NotFound, "course.certificate_not_found", "there is no certificate at this address")
	}
	if err != nil {
		return Certified{}, s.wrap("Certified", err)
	}
	var x Certified
	if x.Completion, err = s.completions.Get(ctx, a.Organisation, a.Completion); errors.Is(err, store.ErrNotFound) {
		return Certified{}, fault.New(fault.NotFound, "course.certificate_not_found", "there is no certificate at this address") // in a moment
	}
	if err != nil {
		return Certified{}, s.wrap("Certified", err)
	}
	if x.Organisation, err = s.c.People.Organisation(ctx, a.Organisation); err != nil {
		return Certified{}, err
	}
	m, err := s.c.People.MemberOf(ctx, a.Organisation, x.Completion.Person)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Certified{}, s.wrap("Certified", err)
	}
	if m.Held == nil {
		x.Person = m.Name // what is held of somebody who was erased is for her organisation only
	}
	numbers := []int64{x.Completion.Ledger}
	for _, k := range x.Completion.Corrections {
		if k.Ledger > 0 {
			numbers = append(numbers, k.Ledger)
		}
	}
	for _, n := range numbers {
		lines, err := s.ledgers.Read(ctx, a.Organisation, ledgerStream, max(0, n-2), int(min(n, 2)))
		if err != nil {
			return Certified{}, s.wrap("Certified", err)
		}
		var e CertifiedEntry
		for i := range lines {
			p, err := ledger.Parse(trim(lines[i].Line))
			if err != nil {
				p = ledger.Entry{Number: lines[i].Number} // the page says that the check has failed
			}
			if lines[i].Number == n {
				e.Entry = p
			} else {
				e.Before = &p
			}
		}
		x.Entries = append(x.Entries, e)
	}
	return x, nil
}
