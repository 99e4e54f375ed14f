package lrs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// WorkOn goes on with a run in small steps until it waits for somebody, is finished, or ctx ends. Nothing happens while
// somebody else is at it. It may be killed anywhere: a minute later the next one goes on, decides from what is stored, and
// doing a step twice changes nothing.
func (s *Service) WorkOn(ctx context.Context, org, id string) error {
	r, mine, err := s.claim(ctx, org, id)
	for more := mine; err == nil && more; {
		if more, err = s.step(ctx, org, r); err == nil && more {
			if err = ctx.Err(); err == nil {
				fence := r.Fence
				if r, err = s.retention.runs.Get(ctx, org, id); err == nil && r.Fence != fence {
					return nil // somebody else has taken it up
				}
			}
		}
	}
	return wrap("WorkOn", err)
}

// claim takes a run up that is due.
func (s *Service) claim(ctx context.Context, org, id string) (r Run, mine bool, err error) {
	now := s.now()
	r, err = s.retention.runs.Update(ctx, org, id, func(d *Run) error {
		if mine = d.Due != nil && !d.Due.After(now); !mine {
			return store.ErrKeep
		}
		due := now.Add(runLease)
		d.Due, d.Fence = &due, d.Fence+1
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return r, false, nil
	}
	return r, mine, err
}

// step does the next step of a run, which looks at 500 statements at most, and reports whether there is another one.
func (s *Service) step(ctx context.Context, org string, r Run) (more bool, err error) {
	switch r.State {
	case RunListing:
		return s.listStep(ctx, org, r)
	case RunRemoving:
		return s.removeStep(ctx, org, r)
	case RunListed: // nobody has used it in time
		return true, s.advance(ctx, org, r, func(d *Run) { d.State = RunDiscarded })
	default:
		return s.clearStep(ctx, org, r)
	}
}

// pagesOf returns the range of ids of a run's pages.
func pagesOf(run string, held bool) (from, to string) {
	if held {
		return run + "/held/", run + "/held0"
	}
	return run + "/goes/", run + "/goes0"
}

func pageID(run string, held bool, n int) string {
	from, _ := pagesOf(run, held)
	return fmt.Sprintf("%s%09d", from, n)
}

// advance writes what a step has done, unless somebody else has taken the run up meanwhile.
func (s *Service) advance(ctx context.Context, org string, was Run, f func(*Run)) error {
	_, err := s.retention.runs.Update(ctx, org, was.ID, func(r *Run) error {
		if r.Fence != was.Fence || r.State != was.State || r.At != was.At || r.Page != was.Page {
			return store.ErrKeep
		}
		due := s.now().Add(runLease)
		r.Due = &due
		f(r)
		return nil
	})
	return err
}

// chain adds the ids of a page to a digest.
func chain(digest []byte, ids []string) []byte {
	if len(ids) == 0 {
		return digest
	}
	h := sha256.New()
	h.Write(digest)
	for _, id := range ids {
		h.Write([]byte(id + "\n"))
	}
	return h.Sum(nil)
}

// listStep looks at the next statements that the rule may mean.
func (s *Service) listStep(ctx context.Context, org string, r Run) (more bool, err error) {
	q := store.Query{Index: store.ByStream, Equal: []any{stream}, From: r.At + 1, To: r.UpTo, Limit: stepSize}
	switch rule := r.Rule; {
	case rule.Verb != "" && rule.Activity != "":
		q.Index, q.Equal = "byToken", []any{token(byVerbActivity, rule.Verb, rule.Activity), stream}
	case rule.Verb != "":
		q.Index, q.Equal = "byToken", []any{token(byVerb, rule.Verb), stream}
	case rule.Activity != "":
		q.Index, q.Equal = "byToken", []any{token(byActivity, rule.Activity), stream}
	}
	var p store.Page[record]
	if r.At+1 < r.UpTo {
		if p, err = s.statements.Find(ctx, org, q); err != nil {
			return false, err
		}
	}
	last := r.At
	if len(p.Docs) > 0 {
		last = p.Docs[len(p.Docs)-1].Number
	}
	// A statement that refers to another one is found by what that one says; only what it says itself counts here.
	recs := slices.DeleteFunc(p.Docs, func(d record) bool { return !r.Rule.matches(&d.Facts) || d.Stored.After(r.Before) })
	held, err := s.heldOf(ctx, org, recs)
	if err != nil {
		return false, err
	}
	var goes, stays []Line
	var ids []string
	for _, d := range recs {
		l := Line{ID: d.ID, Number: d.Number, Stored: d.Stored, Verb: d.Facts.Verb, Activity: d.Facts.Activity, Account: s.account(d.Facts.Actor), Attachments: d.attachments()}
		h, is := held[d.ID]
		if !is {
			goes, ids = append(goes, l), append(ids, d.ID)
			continue
		}
		l.Why = h.Why
		if !h.Until.IsZero() {
			l.Until = &h.Until
		}
		stays = append(stays, l)
	}
	if err := errors.Join(s.keepPage(ctx, org, pageID(r.ID, false, r.Pages), r.Fence, goes), s.keepPage(ctx, org, pageID(r.ID, true, r.Holds), r.Fence, stays)); err != nil {
		return false, err
	}
	more = p.Next != ""
	err = s.advance(ctx, org, r, func(d *Run) {
		d.Listed, d.Held, d.Digest = d.Listed+int64(len(goes)), d.Held+int64(len(stays)), chain(d.Digest, ids)
		if len(goes) > 0 {
			d.Pages++
		}
		if len(stays) > 0 {
			d.Holds++
		}
		if more {
			d.At = last
			return
		}
		d.At, d.State, d.Due = d.UpTo, RunListed, &d.Expires
	})
	return more, err
}

// keepPage stores a page of a list, in place of one that somebody who died left there. What somebody writes who was
// only thought dead is left out once the next one has written it.
func (s *Service) keepPage(ctx context.Context, org, id string, fence int64, lines []Line) error {
	if len(lines) == 0 {
		return nil
	}
	err := s.retention.pages.Insert(ctx, org, listPage{Meta: store.Meta{ID: id}, Lines: lines, Fence: fence})
	if errors.Is(err, store.ErrDuplicate) {
		_, err = s.retention.pages.Update(ctx, org, id, func(p *listPage) error {
			if p.Fence > fence {
				return store.ErrKeep
			}
			p.Lines, p.Fence = lines, fence
			return nil
		})
	}
	return err
}

// heldOf returns which statements must stay.
func (s *Service) heldOf(ctx context.Context, org string, recs []record) (map[string]Hold, error) {
	held := map[string]Hold{}
	list := make([]Stored, 0, len(recs))
	for _, r := range recs {
		if r.Facts.Voids {
			held[r.ID] = Hold{Why: "voiding"} // or what it voids would come to life again when somebody sends it anew
			continue
		}
		list = append(list, s.outline(r))
	}
	if s.c.Holder == nil || len(list) == 0 {
		return held, nil
	}
	more, err := s.c.Holder.Held(ctx, org, list)
	if err != nil {
		return nil, err
	}
	for id, h := range more {
		held[id] = h
	}
	return held, nil
}

// removeStep removes what the next page lists, except for what must stay since.
func (s *Service) removeStep(ctx context.Context, org string, r Run) (more bool, err error) {
	if r.Page >= r.Pages {
		return true, s.finish(ctx, org, r)
	}
	page, err := s.retention.pages.Get(ctx, org, pageID(r.ID, false, r.Page))
	if err != nil {
		return false, fmt.Errorf("page %d of the run %s: %w", r.Page, r.ID, err)
	}
	var recs []record
	for _, l := range page.Lines {
		d, err := s.statements.Get(ctx, org, l.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && d.Number != l.Number {
			continue // gone: by this step, if it was begun before
		}
		if err != nil {
			return false, err
		}
		recs = append(recs, d)
	}
	held, err := s.heldOf(ctx, org, recs)
	if err != nil {
		return false, err
	}
	var numbers []int64
	for _, d := range recs {
		if _, stays := held[d.ID]; stays {
			continue
		}
		if err := s.unlink(ctx, org, d); err != nil {
			return false, err
		}
		numbers = append(numbers, d.Number)
	}
	if _, err := s.statements.Drop(ctx, org, stream, numbers...); err != nil {
		return false, err
	}
	var gone, attached []string
	for _, l := range page.Lines {
		if _, stays := held[l.ID]; !stays {
			gone, attached = append(gone, l.ID), append(attached, l.Attachments...)
		}
	}
	if err := s.dropAttachments(ctx, org, attached); err != nil {
		return false, err
	}
	if s.c.Gone != nil {
		if err := s.c.Gone(ctx, org, gone); err != nil {
			return false, err
		}
	}
	return true, s.advance(ctx, org, r, func(d *Run) {
		d.Page++
		d.Removed, d.Spared, d.Gone = d.Removed+int64(len(gone)), d.Spared+int64(len(page.Lines)-len(gone)), chain(d.Gone, gone)
	})
}

// unlink removes what else finds a statement that is about to go: its echo, and its place among those that wait for the
// statement that it refers to.
func (s *Service) unlink(ctx context.Context, org string, r record) error {
	if err := s.echoes.Delete(ctx, org, r.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if r.Facts.Target == "" {
		return nil
	}
	d, err := s.danglings.Update(ctx, org, r.Facts.Target, func(d *dangling) error {
		before := len(d.Refs)
		if d.Refs = slices.DeleteFunc(d.Refs, func(id string) bool { return id == r.ID }); len(d.Refs) == before {
			return store.ErrKeep
		}
		return nil
	})
	if err == nil && len(d.Refs) == 0 {
		err = s.danglings.DeleteAt(ctx, org, d.ID, d.Rev)
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// finish notes who had how many statements removed by which rule, and then that the run is done.
func (s *Service) finish(ctx context.Context, org string, r Run) error {
	now := s.now()
	r.Finished = &now
	if s.c.Noted != nil {
		if err := s.c.Noted(ctx, org, r); err != nil {
			return err
		}
	}
	return s.advance(ctx, org, r, func(d *Run) { d.State, d.Finished, d.Due = RunDone, &now, &now })
}

// clearStep removes some pages of a list that nobody needs any more: they name who learnt what.
func (s *Service) clearStep(ctx context.Context, org string, r Run) (more bool, err error) {
	for _, held := range []bool{false, true} {
		from, to := pagesOf(r.ID, held)
		p, err := s.retention.pages.Find(ctx, org, store.Query{From: from, To: to, Limit: 20})
		if err != nil {
			return false, err
		}
		for _, page := range p.Docs {
			if err := s.retention.pages.Delete(ctx, org, page.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
				return false, err
			}
		}
		if len(p.Docs) > 0 {
			return true, nil
		}
	}
	return false, s.advance(ctx, org, r, func(d *Run) { d.Due = nil })
}

// attachments returns the hashes of a statement's attachments.
func (r *record) attachments() []string {
	if !bytes.Contains(r.Facts.Body, []byte(`"attachments"`)) {
		return nil
	}
	p, err := xapi.Parse(r.Facts.Body, xapi.V2)
	if err != nil {
		return nil
	}
	var list []string
	for _, a := range p.Attachments {
		list = append(list, strings.ToLower(a.SHA2))
	}
	return list
}

// attachmentRest is how long data must have been untouched before it can go: a statement that needs it may be on its way.
const attachmentRest = time.Hour

// dropAttachments removes the data of attachments to which no statement refers any more. What was stored before the store
// knew who refers to it stays.
func (s *Service) dropAttachments(ctx context.Context, org string, hashes []string) error {
	slices.Sort(hashes)
	for _, hash := range slices.Compact(hashes) {
		a, err := s.attachments.Get(ctx, org, hash)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if a.Touched.IsZero() || a.Touched.After(s.now().Add(-attachmentRest)) {
			continue
		}
		used := false
		q := store.Query{Index: "byToken", Equal: []any{token(byAttachment, hash), stream}, Limit: 50}
		err = s.statements.Each(ctx, org, q, func(r record) error {
			if used = r.has(token(byAttachment, hash)); used { // not by way of another statement
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
		if used {
			continue
		}
		err = s.attachments.DeleteAt(ctx, org, hash, a.Rev)
		if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

var errEnough = errors.New("enough")
