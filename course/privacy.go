package course

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"

	"palestra/internal/store"
	"palestra/people"
)

// keptPasses is how often an erasure looks again whether somebody wrote of the person meanwhile.
const keptPasses = 5

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, sub people.Subject) ([]people.Held, error) {
	until, err := s.Until(ctx, sub)
	if err != nil {
		return nil, err
	}
	var end *time.Time
	if until.After(s.now()) {
		end = &until
	}
	var errs []error
	number := func(n int, err error) int {
		errs = append(errs, err)
		return n
	}
	byState := func(state string) store.Query {
		return store.Query{Index: "byPerson", Equal: []any{sub.Person, state}}
	}
	all := store.Query{Index: "byPerson", Equal: []any{sub.Person}}
	org, most := sub.Organisation, people.CountAtMost
	var list []people.Held
	list = append(list, people.Held{What: "completions", Count: number(s.completions.Count(ctx, org, all, most)), Stays: true, Until: end},
		people.Held{What: "enrolments", Count: number(s.enrolments.Count(ctx, org, byState(Active), most))},
		people.Held{What: "programmes", Count: number(s.pursuits.Count(ctx, org, byState(Active), most))},
		people.Held{What: "assignments", Count: number(s.assignments.Count(ctx, org, all, most))},
		people.Held{What: "notes", Count: number(s.notes.Count(ctx, org, all, most))})
	return list, s.wrap("Holds", errors.Join(errs...))
}

// Until implements people.Keeper: evidence is held for some years after the newest completion, and so is its name.
func (s *Service) Until(ctx context.Context, sub people.Subject) (time.Time, error) {
	var until time.Time
	years, err := s.Term(ctx, sub.Organisation)
	if err != nil {
		return until, err
	}
	p, err := s.completions.Find(ctx, sub.Organisation, store.Query{Index: "byPerson", Equal: []any{sub.Person}, Reverse: true, Limit: 100})
	if err != nil {
		return until, s.wrap("Until", err)
	}
	for _, c := range p.Docs { // a correction may have moved one of them
		for _, at := range []time.Time{c.At, c.CompletedAt()} {
			if end := at.AddDate(years, 0, 0); end.After(until) {
				until = end
			}
		}
	}
	return until, nil
}

// Erase implements people.Keeper. What she was learning goes; what she has completed stays, and is her heir's.
func (s *Service) Erase(ctx context.Context, sub people.Subject, heir string, _ bool) error {
	if err := s.clocks.Delete(ctx, sub.Organisation, sub.Person); err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.wrap("Erase", err)
	}
	for range keptPasses {
		n, err := s.erasePass(ctx, sub.Organisation, sub.Person, heir)
		if err != nil {
			return s.wrap("Erase", err)
		}
		if n == 0 {
			return nil
		}
	}
	return errors.New("course.Erase: somebody still writes of her")
}

// erasePass looks at everything of a person once, and returns how much it found.
func (s *Service) erasePass(ctx context.Context, org, person, heir string) (found int, err error) {
	counts := [6]int{}
	var errs [6]error
	counts[0], errs[0] = eachOf(ctx, s.enrolments, org, person, func(e Enrolment) error { return s.eraseEnrolment(ctx, org, e, heir) })
	counts[1], errs[1] = eachOf(ctx, s.pursuits, org, person, func(p Pursuit) error {
		if p.Decision == nil {
			return gone(s.pursuits.Delete(ctx, org, p.ID))
		}
		_, err := s.pursuits.Update(ctx, org, p.ID, func(d *Pursuit) error { d.Person = heir; return nil })
		return gone(err)
	})
	counts[2], errs[2] = eachOf(ctx, s.completions, org, person, func(c Completion) error {
		_, err := s.completions.Update(ctx, org, c.ID, func(d *Completion) error { d.Person = heir; return nil })
		return gone(err)
	})
	counts[3], errs[3] = eachOf(ctx, s.assignments, org, person, func(a Assignment) error { return gone(s.assignments.Delete(ctx, org, a.ID)) })
	counts[4], errs[4] = eachOf(ctx, s.faults, org, person, func(r Report) error {
		_, err := s.faults.Update(ctx, org, r.ID, func(d *Report) error { d.Person = ""; return nil })
		return gone(err)
	})
	counts[5], errs[5] = eachOf(ctx, s.notes, org, person, func(n Note) error { return gone(s.notes.Delete(ctx, org, n.ID)) })
	for _, n := range counts {
		found += n
	}
	return found, errors.Join(errs[:]...)
}

// eachOf calls f with every document of a person; f takes it away from her, so that the first page is always a new one.
func eachOf[D any](ctx context.Context, docs *store.Town[D], org, person string, f func(D) error) (found int, err error) {
	for {
		p, err := docs.Find(ctx, org, store.Query{Index: "byPerson", Equal: []any{person}, Limit: 100})
		if err != nil || len(p.Docs) == 0 {
			return found, err
		}
		for _, d := range p.Docs {
			if err := f(d); err != nil {
				return found, err
			}
			found++
		}
	}
}

// gone lets pass that a document is no longer there.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// eraseEnrolment removes an enrolment that is not completed, with its attempts and playbacks, or makes it her heir's.
func (s *Service) eraseEnrolment(ctx context.Context, org string, e Enrolment, heir string) error {
	attempts := store.Query{Index: "byLesson", Equal: []any{e.ID}, Limit: store.MaxLimit}
	if e.Decision != nil {
		err := s.attempts.Each(ctx, org, attempts, func(a Attempt) error {
			_, err := s.attempts.Update(ctx, org, a.ID, func(d *Attempt) error { d.Person = heir; return nil })
			return gone(err)
		})
		if err != nil {
			return err
		}
		_, err = s.enrolments.Update(ctx, org, e.ID, func(d *Enrolment) error { d.Person = heir; return nil })
		return gone(err)
	}
	if err := s.tellAll(ctx, org, e.Untold); err != nil {
		return err
	}
	if err := s.attempts.Each(ctx, org, attempts, func(a Attempt) error { return gone(s.attempts.Delete(ctx, org, a.ID)) }); err != nil {
		return err
	}
	playbacks := store.Query{Index: "byEnrolment", Equal: []any{e.ID}, Limit: store.MaxLimit}
	if err := s.playbacks.Each(ctx, org, playbacks, func(p Playback) error { return gone(s.playbacks.Delete(ctx, org, p.ID)) }); err != nil {
		return err
	}
	err := s.enrolments.DeleteAt(ctx, org, e.ID, e.Rev)
	if errors.Is(err, store.ErrConflict) {
		return nil // she has gone on in this moment: the next pass looks again
	}
	return gone(err)
}

// Rename implements people.Keeper. Only what she is asked to do holds a copy: records, reports and certificates read her name
// when they are looked at, and the ledger has none.
func (s *Service) Rename(ctx context.Context, sub people.Subject) error {
	q := store.Query{Index: "byPerson", Equal: []any{sub.Person}, Limit: 100}
	return s.wrap("Rename", s.assignments.Each(ctx, sub.Organisation, q, func(a Assignment) error {
		if a.Name == sub.Name {
			return nil
		}
		_, err := s.assignments.Update(ctx, sub.Organisation, a.ID, func(d *Assignment) error {
			if d.Person != sub.Person {
				return store.ErrKeep
			}
			d.Name = sub.Name
			return nil
		})
		return gone(err)
	}))
}

// Copy implements people.Keeper: one file for each kind of thing, one line of JSON for each thing.
func (s *Service) Copy(ctx context.Context, sub people.Subject, files people.Files) error {
	org := sub.Organisation
	q := store.Query{Index: "byPerson", Equal: []any{sub.Person}, Limit: 50}
	enrolments := []string{}
	return s.wrap("Copy", errors.Join(
		lines(files, "enrolments.ndjson", func(put func(any) error) error {
			return s.enrolments.Each(ctx, org, q, func(e Enrolment) error {
				enrolments = append(enrolments, e.ID)
				return put(e)
			})
		}),
		lines(files, "attempts.ndjson", func(put func(any) error) error {
			for _, e := range enrolments {
				err := s.attempts.Each(ctx, org, store.Query{Index: "byLesson", Equal: []any{e}, Limit: 50}, func(a Attempt) error { return put(a) })
				if err != nil {
					return err
				}
			}
			return nil
		}),
		lines(files, "completions.ndjson", func(put func(any) error) error {
			return s.completions.Each(ctx, org, q, func(c Completion) error { return put(c) })
		}),
		lines(files, "programmes.ndjson", func(put func(any) error) error {
			return s.pursuits.Each(ctx, org, q, func(p Pursuit) error { return put(p) })
		}),
		lines(files, "assignments.ndjson", func(put func(any) error) error {
			return s.assignments.Each(ctx, org, q, func(a Assignment) error { return put(a) })
		}),
		lines(files, "faults.ndjson", func(put func(any) error) error {
			return s.faults.Each(ctx, org, q, func(r Report) error { return put(r) })
		}),
		s.copyNotes(ctx, sub, files),
	))
}

// copyNotes writes her notes into a copy that is for herself: nobody else reads them.
func (s *Service) copyNotes(ctx context.Context, sub people.Subject, files people.Files) error {
	if !sub.Own {
		return nil
	}
	return lines(files, "notes.ndjson", func(put func(any) error) error {
		q := store.Query{Index: "byPerson", Equal: []any{sub.Person}, Limit: 50}
		return s.notes.Each(ctx, sub.Organisation, q, func(n Note) error { return put(n) })
	})
}

// lines makes a file of what put is called with.
func lines(files people.Files, name string, each func(put func(any) error) error) error {
	w, err := files.Create(name)
	if err != nil {
		return err
	}
	return each(func(v any) error { return plainLine(w, v) })
}

// plainLine writes a document as one line of JSON, with the names of its members as JSON usually has them.
func plainLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(lower(tree))
}

// lower writes members as they are usual in JSON: Enrolment becomes enrolment, ID becomes id.
func lower(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			if name == "" {
				continue
			}
			if strings.ToUpper(name) == name {
				name = strings.ToLower(name)
			} else {
				name = string(unicode.ToLower(rune(name[0]))) + name[1:]
			}
			out[name] = lower(member)
		}
		return out
	case []any:
		for i := range v {
			v[i] = lower(v[i])
		}
	}
	return v
}
