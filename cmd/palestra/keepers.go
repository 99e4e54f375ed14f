package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palestra/course"
	"palestra/internal/mail"
	"palestra/lrs"
	"palestra/people"
)

// holder tells the record store which statements must stay: those on which the course room's records rest, and those that
// a way to another store has still to pass on.
type holder struct{ a *app } // its rooms are built later

// Held implements lrs.Holder.
func (h holder) Held(ctx context.Context, org string, statements []lrs.Stored) (map[string]lrs.Hold, error) {
	list := make([]course.Testimony, 0, len(statements))
	for _, s := range statements {
		list = append(list, course.Testimony{ID: s.ID, Verb: s.Verb, Enrolment: s.Registration, Account: s.Account, Number: s.Number, Stored: s.Stored, OfPlatform: s.Platform})
	}
	held, err := h.a.course.Held(ctx, org, list)
	if err != nil {
		return nil, err
	}
	out := make(map[string]lrs.Hold, len(held))
	unsent, err := h.a.flows.Unsent(ctx, org, statements)
	for id := range unsent {
		out[id] = lrs.Hold{Why: "unsent"}
	}
	for id, x := range held { // that lasts longer
		out[id] = lrs.Hold(x)
	}
	return out, err
}

// forgotten removes what is kept beside statements that retention has removed.
func (a *app) forgotten(ctx context.Context, org string, ids []string) error {
	return a.flows.Forget(ctx, org, ids)
}

// keptRecords is what the record store keeps of a person.
type keptRecords struct{ lrs *lrs.Service }

// Holds implements people.Keeper.
func (k keptRecords) Holds(ctx context.Context, s people.Subject) ([]people.Held, error) {
	statements, documents, err := k.lrs.CountOf(ctx, s.Organisation, s.Account, people.CountAtMost)
	var list []people.Held
	list = append(list, people.Held{What: "statements", Count: statements, Stays: true}, people.Held{What: "documents", Count: documents})
	return list, err
}

// Until implements people.Keeper: statements hold random names only.
func (k keptRecords) Until(context.Context, people.Subject) (time.Time, error) {
	return time.Time{}, nil
}

// Erase implements people.Keeper.
func (k keptRecords) Erase(ctx context.Context, s people.Subject, _ string, _ bool) error {
	return k.lrs.EndAccount(ctx, s.Organisation, s.Account)
}

// Rename implements people.Keeper: statements hold random names only, and are never changed.
func (k keptRecords) Rename(context.Context, people.Subject) error { return nil }

// Copy implements people.Keeper: statements one a line, the ids of those that are voided, documents one a line, attachments as
// files.
func (k keptRecords) Copy(ctx context.Context, s people.Subject, files people.Files) error {
	w, err := files.Create("statements.ndjson")
	if err != nil {
		return err
	}
	attached := false
	err = k.lrs.StatementsOf(ctx, s.Organisation, s.Account, func(st lrs.Stored, _ bool) error {
		attached = attached || st.Attached
		return lrs.WriteLine(w, st)
	})
	if err != nil {
		return err
	}
	if w, err = files.Create("voided-statements.ndjson"); err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	err = k.lrs.StatementsOf(ctx, s.Organisation, s.Account, func(st lrs.Stored, voided bool) error {
		if !voided {
			return nil
		}
		return lines.Encode(st.ID)
	})
	if err != nil {
		return err
	}
	if w, err = files.Create("documents.ndjson"); err != nil {
		return err
	}
	lines = json.NewEncoder(w)
	if err := k.lrs.DocumentsOf(ctx, s.Organisation, s.Account, func(d lrs.KeptDocument) error { return lines.Encode(d) }); err != nil || !attached {
		return err
	}
	return k.copyAttachments(ctx, s, files)
}

// copyAttachments writes the data of attachments, each as often as it is met: a copy remembers nothing that grows.
func (k keptRecords) copyAttachments(ctx context.Context, s people.Subject, files people.Files) error {
	return k.lrs.StatementsOf(ctx, s.Organisation, s.Account, func(st lrs.Stored, _ bool) error {
		if !st.Attached {
			return nil
		}
		data, err := k.lrs.Attachments(ctx, s.Organisation, st)
		if err != nil {
			return err
		}
		for _, a := range data {
			w, err := files.Create("attachments/" + st.ID + "/" + a.SHA2)
			if err == nil {
				_, err = w.Write(a.Data)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// keptLetters is what the post keeps of a person.
type keptLetters struct{ post *mail.Post }

// Holds implements people.Keeper.
func (k keptLetters) Holds(ctx context.Context, s people.Subject) ([]people.Held, error) {
	n, err := k.post.CountTo(ctx, s.Email, people.CountAtMost)
	var list []people.Held
	return append(list, people.Held{What: "letters", Count: n}), err
}

// Until implements people.Keeper.
func (k keptLetters) Until(context.Context, people.Subject) (time.Time, error) {
	return time.Time{}, nil
}

// Erase implements people.Keeper. Letters do not say for which organisation they were written: all go, but for those
// that are still on their way to somebody who stays elsewhere. Those that she has caused to others name her no more.
func (k keptLetters) Erase(ctx context.Context, s people.Subject, _ string, whole bool) error {
	return errors.Join(k.post.Forget(ctx, s.Email, whole), k.post.Unname(ctx, s.Account))
}

// Rename implements people.Keeper: a letter says what was written to its reader.
func (k keptLetters) Rename(context.Context, people.Subject) error { return nil }

// Copy implements people.Keeper.
func (k keptLetters) Copy(ctx context.Context, s people.Subject, files people.Files) error {
	w, err := files.Create("letters.ndjson")
	if err != nil {
		return err
	}
	type letter struct {
		Sent    time.Time `json:"written"`
		Kind    string    `json:"kind"`
		Subject string    `json:"subject"`
	}
	lines := json.NewEncoder(w)
	return k.post.To(ctx, s.Email, func(l mail.Letter) error { // without the text: its links open doors
		return lines.Encode(letter{l.Created, l.Kind, l.Subject})
	})
}

// keepers lets the people room ask the others.
func (a *app) keepers() {
	a.people.Keep(keptRecords{a.lrs})
	a.people.Keep(a.course)
	a.people.Keep(a.bootcamps)
	a.people.Keep(a.promotions) // before the drafts: it answers for who was asked
	a.people.Keep(a.practices)
	a.people.Keep(a.challenges)
	a.people.Keep(a.directory)
	a.people.Keep(a.talks)
	a.people.Keep(a.wiki)
	a.people.Keep(a.postings)
	a.people.Keep(a.live)
	a.people.Keep(a.figures)
	a.people.Keep(keptLetters{a.post})
}

// noted writes a finished run of a retention rule into the audit log.
func (a *app) noted(ctx context.Context, org string, r lrs.Run) error {
	detail, err := json.Marshal(struct {
		Rule     string    `json:"rule"`
		Days     int       `json:"days"`
		Verb     string    `json:"verb,omitempty"`
		Activity string    `json:"activity,omitempty"`
		Before   time.Time `json:"before"`
		Removed  int64     `json:"removed"`
		Spared   int64     `json:"spared"`
		Held     int64     `json:"held"`
		Digest   string    `json:"digest"`
	}{r.Rule.ID, r.Rule.Days, r.Rule.Verb, r.Rule.Activity, r.Before, r.Removed, r.Spared, r.Held, hexOf(r.Gone)})
	return errors.Join(err, a.people.NoteOnce(ctx, org, people.Actor{Person: r.Ordered}, "retention "+r.ID, "retention.run", r.ID, string(detail)))
}

// retention is who decides about rules, and tells the worker of runs.
func (a *app) retention() *retention {
	return &retention{lrs: a.lrs, people: a.people, course: a.course, ring: func(ctx context.Context, org, run string) error {
		if err := a.worker.Ring(ctx, bellRetention, org, run, time.Time{}); err != nil {
			a.log.Warn("bell not rung; the sweep will", "kind", bellRetention, "error", err)
		}
		return nil
	}}
}
