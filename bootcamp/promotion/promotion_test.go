package promotion_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/challenge"
	"palestra/bootcamp/directory"
	"palestra/bootcamp/discussion"
	"palestra/bootcamp/practice"
	"palestra/bootcamp/promotion"
	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/mail"
	"palestra/people"
)

// camp is a bootcamp of Castelverde that fay leads. Ada of Castelverde and Mallory of Lindenau are in its cohort, Lin is
// not.
type camp struct {
	*promotion.Service
	*coursetest.Town
	t            *testing.T
	talks        *discussion.Service
	practices    *practice.Service
	challenges   *challenge.Service
	fay, mallory people.Actor
	place        discussion.Place
	n            int
}

type post struct{ *coursetest.Letters }

func (p post) SendWith(ctx context.Context, id, to, locale, letter string, params map[string]any, _ []mail.Part) error {
	return p.SendOnce(ctx, id, to, locale, letter, params)
}

type noFiles struct{}

func (noFiles) Save(context.Context, string, io.Reader, int64) error { return errors.New("no files") }

func (noFiles) Open(context.Context, string) (io.ReadCloser, error) {
	return nil, errors.New("no files")
}

func (noFiles) Remove(context.Context, string) error { return nil }

func open(t *testing.T) *camp {
	t.Helper()
	w := &camp{Town: coursetest.New(t), t: t}
	ctx := t.Context()
	const url = "https://learn.example"
	log := slog.New(slog.DiscardHandler)
	camps, err := bootcamp.New(bootcamp.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: post{w.Letters}, Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret,
		When: func(string, time.Time) string { return "" }, PublicURL: url, Log: log})
	ok(t, err)
	w.practices, err = practice.New(practice.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: w.Letters, Courses: w.Courses, Now: w.Clock.Now, NewID: id.New, PublicURL: url, Log: log})
	ok(t, err)
	experts, err := directory.New(directory.Config{DB: w.DB, People: w.People, Mail: w.Letters, Now: w.Clock.Now, NewID: id.New, NewSecret: id.Secret, Secret: []byte("s"), PublicURL: url})
	ok(t, err)
	w.challenges, err = challenge.New(challenge.Config{DB: w.DB, People: w.People, Records: w.Records, Mail: w.Letters, Cohorts: camps, Practices: w.practices, Experts: experts, Now: w.Clock.Now,
		NewID: id.New, PublicURL: url})
	ok(t, err)
	w.talks, err = discussion.New(discussion.Config{DB: w.DB, Cohorts: camps, Practices: w.practices, Courses: w.Courses, People: w.People, Mail: w.Letters, Objects: noFiles{}, Now: w.Clock.Now,
		NewID: id.New, NewName: id.Random, Secret: func(who string) string { return who }, Say: func(_, key string, _ map[string]any) string { return key }, PublicURL: url, Log: log})
	ok(t, err)
	w.Service, err = promotion.New(promotion.Config{DB: w.DB, People: w.People, Mail: w.Letters, Practices: w.practices, Challenges: w.challenges, Now: w.Clock.Now, NewID: id.New, PublicURL: url})
	ok(t, err)
	w.fay = w.Join(t, "fay", people.Facilitator)
	w.mallory = w.OtherTown(t)
	last := "2026-12-20"
	b, err := camps.Create(ctx, w.fay, bootcamp.Change{Title: course.Text{"en": "At the counter"}, Languages: []string{"en"}, Towns: &[]string{w.mallory.Organisation}, Last: &last})
	ok(t, err)
	name, joining := "Autumn", bootcamp.JoinOpen
	c, err := camps.CreateCohort(ctx, w.fay, b.ID, bootcamp.CohortChange{Name: &name, Joining: &joining})
	ok(t, err)
	_, err = camps.Publish(ctx, w.fay, b.ID)
	ok(t, err)
	w.place = discussion.Place{Bootcamp: b.ID, Cohort: c.ID}
	for _, by := range []people.Actor{w.Ada, w.mallory} {
		_, err = camps.Join(ctx, by, b.ID, c.ID)
		ok(t, err)
	}
	w.Letters.Sent = nil
	return w
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what, code string, err error) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

const words = "We put a bench before the counter, and the queue became a conversation.\n\nIt cost forty euros."

// said is a thread that somebody has begun.
func (w *camp) said(by people.Actor) discussion.Post {
	w.t.Helper()
	w.n++
	_, d, err := w.talks.Begin(w.t.Context(), by, w.place, discussion.Writing{Key: strings.Repeat("k", w.n), Title: "A bench at the counter", Words: words, Language: "de-AT"})
	ok(w.t, err)
	return d
}

func (w *camp) promote(by people.Actor, into, post string) (promotion.Promotion, error) {
	q, err := w.talks.Quote(context.WithoutCancel(w.t.Context()), by, w.place, post)
	if err != nil {
		return promotion.Promotion{}, err
	}
	return w.Promote(context.WithoutCancel(w.t.Context()), by, into, q)
}

func (w *camp) letters(kind string) (list []coursetest.Letter) {
	for _, l := range w.Letters.Sent {
		if l.Kind == kind {
			list = append(list, l)
		}
	}
	return list
}

func (w *camp) noted(action string) int {
	w.t.Helper()
	p, err := w.People.Notes(context.WithoutCancel(w.t.Context()), w.Anna, "", 100)
	ok(w.t, err)
	n := 0
	for _, d := range p.Docs {
		if d.Action == action {
			n++
		}
	}
	return n
}

func TestWhoMayPromote(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	d := w.said(w.mallory)
	for name, x := range map[string]struct {
		by   people.Actor
		code string
	}{"nobody": {people.Actor{}, "people.unsigned"}, "who said it": {w.mallory, "people.forbidden"}, "a participant": {w.Ada, "people.forbidden"},
		"who is not in the cohort": {w.Lin, "bootcamp.not_inside"}, "an author of the host": {w.Grace, "bootcamp.not_inside"}} {
		_, err := w.promote(x.by, promotion.IntoPractice, d.ID)
		refused(t, name, x.code, err)
	}
	_, err := w.Promote(ctx, people.Actor{}, promotion.IntoPractice, bootcamp.Quote{})
	refused(t, "nobody, without a room", "people.unsigned", err)
	_, err = w.promote(w.fay, "song", d.ID)
	refused(t, "into a song", "promotion.into", err)
	_, err = w.promote(w.fay, promotion.IntoPractice, "nothing")
	refused(t, "nothing", "discussion.not_found", err)
	ok(t, w.talks.Hide(ctx, w.fay, w.place, d.ID, true, "Rude"))
	_, err = w.promote(w.fay, promotion.IntoPractice, d.ID)
	refused(t, "what is hidden", "discussion.not_shown", err)
	for _, by := range []people.Actor{w.fay, w.Anna} {
		if _, err := w.promote(by, promotion.IntoPractice, w.said(w.Ada).ID); err != nil {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
}

func TestAgreed(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	d := w.said(w.mallory)
	p, err := w.promote(w.fay, promotion.IntoPractice, d.ID)
	ok(t, err)
	again, err := w.promote(w.Anna, promotion.IntoPractice, d.ID)
	ok(t, err)
	if again.Draft != p.Draft || w.noted("promotion.practice") != 1 || len(w.letters("credit_asked_practice")) != 1 {
		t.Errorf("pressed twice: %s and %s, %d lines, letters %v", p.Draft, again.Draft, w.noted("promotion.practice"), w.Letters.Sent)
	}
	if l := w.letters("credit_asked_practice")[0]; l.To == "" || l.Params["by"] != w.fay.Name || !strings.HasSuffix(l.Params["link"].(string), "/practices/credits/"+w.fay.Organisation+"."+p.ID) {
		t.Errorf("the letter: %+v", l)
	}
	draft, err := w.practices.Draft(ctx, w.fay, p.Draft)
	ok(t, err)
	if draft.Town != w.fay.Organisation || draft.Draft.Title["de"] != "A bench at the counter" || draft.Draft.Description["de"] != words || draft.Credits[0].Name != w.mallory.Name {
		t.Errorf("the draft: %+v", draft)
	}
	_, err = w.practices.Draft(ctx, w.mallory, p.Draft)
	refused(t, "who said it reads the draft", "practice.not_found", err)

	_, err = w.practices.Publish(ctx, w.fay, p.Draft, 0, "")
	refused(t, "before she agrees", "practice.credits", err)
	for name, by := range map[string]people.Actor{"a participant": w.Ada, "who made it": w.fay} {
		_, _, err = w.Asked(ctx, by, w.fay.Organisation, p.ID)
		refused(t, name+" reads", "promotion.not_found", err)
		_, _, err = w.Answer(ctx, by, w.fay.Organisation, p.ID, practice.CreditAgreed)
		refused(t, name+" answers", "promotion.not_found", err)
	}
	_, _, err = w.Answer(ctx, people.Actor{}, w.fay.Organisation, p.ID, practice.CreditAgreed)
	refused(t, "nobody answers", "people.unsigned", err)
	_, _, err = w.Asked(ctx, w.mallory, w.mallory.Organisation, p.ID)
	refused(t, "another town's id", "promotion.not_found", err)
	_, _, err = w.Answer(ctx, w.mallory, w.fay.Organisation, p.ID, "perhaps")
	refused(t, "perhaps", "promotion.answer", err)
	asked, credit, err := w.Asked(ctx, w.mallory, w.fay.Organisation, p.ID)
	ok(t, err)
	if asked.Words != words || credit.State != practice.CreditAsked {
		t.Errorf("she is asked: %+v", asked)
	}

	for range 2 {
		_, credit, err = w.Answer(ctx, w.mallory, w.fay.Organisation, p.ID, practice.CreditAgreed)
		ok(t, err)
	}
	if credit.State != practice.CreditAgreed || len(w.letters("credit_agreed")) != 1 {
		t.Errorf("agreed: %+v, letters %+v", credit, w.letters("credit_agreed"))
	}
	_, err = w.practices.Publish(ctx, w.fay, p.Draft, 0, "")
	refused(t, "she agrees; it is not complete yet", "practice.incomplete", err)

	ok(t, w.practices.Delete(ctx, w.fay, p.Draft))
	third, err := w.promote(w.fay, promotion.IntoPractice, d.ID)
	ok(t, err)
	if third.Draft == p.Draft || third.Credits[0].State != practice.CreditAsked || len(w.letters("credit_asked_practice")) != 2 {
		t.Errorf("after the draft was deleted: %+v", third)
	}
	other, err := w.promote(w.fay, promotion.IntoChallenge, d.ID)
	ok(t, err)
	if c, err := w.challenges.Challenge(ctx, w.fay, other.Draft); err != nil || c.Town != w.fay.Organisation || c.Credits[0].Name != w.mallory.Name || c.Content.Problem["de"] != words {
		t.Errorf("a challenge: %+v %v", c, err)
	}
	own, err := w.promote(w.fay, promotion.IntoPractice, w.said(w.fay).ID)
	ok(t, err)
	if own.Credits[0].State != practice.CreditAgreed || len(w.letters("credit_asked_practice")) != 2 {
		t.Errorf("her own words: %+v", own.Credits)
	}
}

func TestDeclined(t *testing.T) {
	t.Parallel()
	for _, into := range []string{promotion.IntoPractice, promotion.IntoChallenge} {
		w := open(t)
		ctx := t.Context()
		d := w.said(w.mallory)
		p, err := w.promote(w.fay, into, d.ID)
		ok(t, err)
		if into == promotion.IntoPractice {
			draft, err := w.practices.Draft(ctx, w.fay, p.Draft)
			ok(t, err)
			c := draft.Draft
			c.Description = course.Text{"de": "Before.\n\n" + words + "\n\nAfter."}
			c.Objectives = []course.Text{{"de": "It cost forty euros."}, {"de": "A bench"}}
			_, err = w.practices.Save(ctx, w.fay, p.Draft, 0, c)
			ok(t, err)
		}
		_, credit, err := w.Answer(ctx, w.mallory, w.fay.Organisation, p.ID, practice.CreditDeclined)
		ok(t, err)
		if credit.State != practice.CreditDeclined || len(w.letters("credit_declined")) != 1 {
			t.Errorf("%s: declined: %+v %+v", into, credit, w.Letters.Sent)
		}
		if into == promotion.IntoPractice {
			draft, err := w.practices.Draft(ctx, w.fay, p.Draft)
			ok(t, err)
			c := draft.Draft
			if got := c.Description["de"]; strings.Join(strings.Fields(got), " ") != "Before. After." || len(c.Title) != 0 || len(c.Objectives) != 1 || draft.Credits[0].Person != "" || draft.Credits[0].Name != "" {
				t.Errorf("the draft: %+v", draft)
			}
		} else if c, err := w.challenges.Challenge(ctx, w.fay, p.Draft); err != nil || len(c.Content.Title)+len(c.Content.Problem) != 0 {
			t.Errorf("the challenge: %+v %v", c, err)
		}
		if asked, _, err := w.Asked(ctx, w.mallory, w.fay.Organisation, p.ID); err != nil || asked.Words != "" || asked.Title != "" {
			t.Errorf("%s: her words are kept: %+v %v", into, asked, err)
		}
		_, err = w.promote(w.Anna, into, d.ID)
		refused(t, "asked again", "promotion.declined", err)
		_, _, err = w.Answer(ctx, w.mallory, w.fay.Organisation, p.ID, practice.CreditAgreed)
		refused(t, "she changes her mind", "promotion.declined", err)
	}
}

type archive struct{ *zip.Writer }

func TestErasure(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	asked, err := w.promote(w.fay, promotion.IntoPractice, w.said(w.mallory).ID)
	ok(t, err)
	agreed, err := w.promote(w.fay, promotion.IntoPractice, w.said(w.mallory).ID)
	ok(t, err)
	_, _, err = w.Answer(ctx, w.mallory, w.fay.Organisation, agreed.ID, practice.CreditAgreed)
	ok(t, err)
	s := people.Subject{Person: w.mallory.Person, Organisation: w.mallory.Organisation, Account: w.mallory.Account}
	held, err := w.Holds(ctx, s)
	ok(t, err)
	if held[0].Count != 2 {
		t.Errorf("held: %+v", held)
	}
	var b bytes.Buffer
	z := archive{zip.NewWriter(&b)}
	ok(t, w.Copy(ctx, s, z))
	ok(t, z.Close())
	if b.Len() < 200 {
		t.Error("the copy holds nothing")
	}
	ok(t, w.Erase(ctx, people.Subject{Person: w.mallory.Person, Organisation: w.fay.Organisation}, "", false))
	if held, err := w.Holds(ctx, s); err != nil || held[0].Count != 2 {
		t.Errorf("erased in another town: %+v %v", held, err)
	}
	for range 2 {
		ok(t, w.Erase(ctx, s, "heir", true))
		ok(t, w.practices.Erase(ctx, s, "heir", true))
	}
	for id, want := range map[string]string{asked.Draft: "", agreed.Draft: words} {
		d, err := w.practices.Draft(ctx, w.fay, id)
		ok(t, err)
		if d.Draft.Description["de"] != want || d.Credits[0].Name != "" || d.Credits[0].Person != "" || practice.Awaited(d.Credits) != 0 {
			t.Errorf("the draft: %+v", d)
		}
	}
	if held, err := w.Holds(ctx, s); err != nil || held[0].Count != 0 {
		t.Errorf("held after it: %+v %v", held, err)
	}
	f := people.Subject{Person: w.fay.Person, Organisation: w.fay.Organisation}
	ok(t, w.Erase(ctx, f, "heir", true))
	w.Letters.Sent = nil
	ok(t, w.SettleDue(ctx, w.Clock.Now()))
	if len(w.Letters.Sent) != 0 {
		t.Errorf("letters after erasures: %+v", w.Letters.Sent)
	}
}

func TestFloods(t *testing.T) {
	t.Parallel()
	w := open(t)
	q, err := w.talks.Quote(t.Context(), w.fay, w.place, w.said(w.Ada).ID)
	ok(t, err)
	for n := range 50 {
		q.Key = strings.Repeat("x", n+1)
		_, err := w.Promote(t.Context(), w.fay, promotion.IntoPractice, q)
		ok(t, err)
	}
	q.Key = "more"
	_, err = w.Promote(t.Context(), w.fay, promotion.IntoPractice, q)
	refused(t, "one more", "promotion.much", err)
	q.Of = nil
	_, err = w.Promote(t.Context(), w.Anna, promotion.IntoPractice, q)
	refused(t, "of nobody", "promotion.nobody", err)
}

// Whatever write a process dies at: there is one draft or none, one line in the audit log, one letter, and what was
// answered counts.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for _, into := range []string{promotion.IntoPractice, promotion.IntoChallenge} {
		for n := 0; ; n++ {
			if n == 60 {
				t.Fatal("there is no end of writes")
			}
			w := open(t)
			d := w.said(w.mallory)
			ctx := context.WithoutCancel(t.Context())
			w.Process.Die(n)
			p, err := w.promote(w.fay, into, d.ID)
			if err == nil {
				_, _, err = w.Answer(ctx, w.mallory, w.fay.Organisation, p.ID, practice.CreditDeclined)
			}
			died := w.Process.Live()
			if !died && err != nil {
				t.Fatalf("%s %d: %v", into, n, err)
			}
			for range 2 {
				w.Clock.Pass(time.Minute)
				ok(t, errors.Join(w.SettleDue(ctx, w.Clock.Now()), w.practices.SettleDue(ctx, w.Clock.Now()), w.challenges.SettleDue(ctx, w.Clock.Now())))
			}
			_, err = w.promote(w.fay, into, d.ID)
			declined := fault.Is(err, "promotion.declined")
			if err != nil && !declined {
				t.Fatalf("%s %d: pressed again: %v", into, n, err)
			}
			drafts, credits := 0, []practice.Credit{}
			if into == promotion.IntoPractice {
				mine, err := w.practices.Mine(ctx, w.fay, "", 10)
				ok(t, err)
				for _, d := range mine.Docs {
					drafts, credits = drafts+1, d.Credits
				}
			} else {
				own, err := w.challenges.OfTown(ctx, w.fay, "", 10)
				ok(t, err)
				for _, d := range own.Docs {
					drafts, credits = drafts+1, d.Credits
				}
			}
			if drafts != 1 || w.noted("promotion."+into) != 1 || len(w.letters("credit_asked_"+into)) > 1 {
				t.Errorf("%s %d: %d drafts, %d lines, %d letters", into, n, drafts, w.noted("promotion."+into), len(w.letters("credit_asked_"+into)))
			}
			want := practice.CreditAsked
			if declined {
				want = practice.CreditDeclined
			}
			if credits[0].State != want || declined != (len(w.letters("credit_declined")) == 1) {
				t.Errorf("%s %d: she has declined: %v, the draft says %s, %d letters", into, n, declined, credits[0].State, len(w.letters("credit_declined")))
			}
			if !died {
				if n < 8 {
					t.Errorf("only %d writes", n)
				}
				break
			}
		}
	}
}

// Who has left every town cannot answer: nothing is made of her words, and nobody writes to her, also if a run died before
// it could ask. Nor is who made a draft for a town that she has left told of an answer.
func TestWhoHasLeft(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	d, hers := w.said(w.Ada), w.said(w.mallory)
	p, err := w.promote(w.fay, promotion.IntoPractice, hers.ID)
	ok(t, err)
	ok(t, w.People.Leave(ctx, w.Anna, w.Ada.Person))
	_, err = w.promote(w.fay, promotion.IntoPractice, d.ID)
	refused(t, "of who has left", "promotion.nobody", err)
	ok(t, w.People.Leave(ctx, w.Anna, w.fay.Person))
	_, _, err = w.Answer(ctx, w.mallory, w.fay.Organisation, p.ID, practice.CreditAgreed)
	ok(t, err)
	if got := w.letters("credit_agreed"); len(got) != 0 {
		t.Errorf("letters to who made the draft and has left: %+v", got)
	}
	begun := 0
	for n := range 8 {
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		d := w.said(w.Ada)
		w.Process.Die(n)
		_, _ = w.promote(w.fay, promotion.IntoPractice, d.ID)
		w.Process.Live()
		asked := len(w.letters("credit_asked_practice"))
		ok(t, w.People.Leave(ctx, w.Anna, w.Ada.Person))
		w.Clock.Pass(time.Minute)
		ok(t, w.SettleDue(ctx, w.Clock.Now()))
		if asked == 0 {
			begun += w.noted("promotion.practice")
		}
		if got := len(w.letters("credit_asked_practice")); got != asked {
			t.Errorf("died at write %d: %d letters, want %d", n, got, asked)
		}
	}
	if begun == 0 {
		t.Error("no run died between the draft and the letter")
	}
}
