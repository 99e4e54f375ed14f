package practice_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"palestra/bootcamp/practice"
	"palestra/people"
)

type kept map[string]*bytes.Buffer

func (k kept) Create(name string) (io.Writer, error) {
	k[name] = &bytes.Buffer{}
	return k[name], nil
}

// What somebody asked and answered for one of her towns is not another one's to copy or to erase.
func TestQuestionsForAnotherTown(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p, q := w.asked(w.mallory)
	_, err := w.Answer(ctx, w.Grace, p.ID, q.ID, "The region did.")
	ok(t, err)
	for _, who := range []people.Actor{w.mallory, w.Grace} {
		elsewhere := people.Subject{Organisation: w.ville.Organisation, Person: who.Person}
		held, err := w.Holds(ctx, elsewhere)
		ok(t, err)
		for _, h := range held {
			if h.Count != 0 {
				t.Errorf("Tammela holds %d %s of %s, who never spoke for it", h.Count, h.What, who.Name)
			}
		}
		files := kept{}
		ok(t, w.Copy(ctx, elsewhere, files))
		if got := files["practices.ndjson"].String(); got != "" {
			t.Errorf("Tammela's copy of %s has what she said for another town: %s", who.Name, got)
		}
		ok(t, w.Erase(ctx, elsewhere, "heir", false))
	}
	list, err := w.Questions(ctx, w.mallory, p.ID, "", 10)
	ok(t, err)
	if len(list.Docs) != 1 || list.Docs[0].Messages[0].Name != w.mallory.Name || list.Docs[0].Messages[1].Name != w.Grace.Name {
		t.Fatalf("after an erasure in another town: %+v", list.Docs)
	}
	files := kept{}
	ok(t, w.Copy(ctx, people.Subject{Organisation: w.mallory.Organisation, Person: w.mallory.Person}, files))
	if got := files["practices.ndjson"].String(); !strings.Contains(got, "Who paid?") || strings.Contains(got, "The region did.") {
		t.Errorf("her own town's copy: %s", got)
	}
	ok(t, w.Erase(ctx, people.Subject{Organisation: w.Grace.Organisation, Person: w.Grace.Person}, "heir", true))
	list, err = w.Questions(ctx, w.mallory, p.ID, "", 10)
	ok(t, err)
	if m := list.Docs[0].Messages; m[0].Name != w.mallory.Name || m[1].Name != "" || m[1].Person != "" {
		t.Errorf("after the author's erasure: %+v", m)
	}
}

// Who is erased in a town for which she said something goes on being the author for another one.
func TestAuthorsOfAnotherTown(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	author := practice.Author{Person: w.mallory.Person, Town: w.mallory.Organisation, Name: w.mallory.Name, Account: w.mallory.Account}
	said := practice.Credit{ID: "credit", Person: w.mallory.Person, Town: w.ville.Organisation, Name: w.mallory.Name, State: practice.CreditAgreed}
	ok(t, w.Begin(ctx, practice.Seed{ID: "seed", Town: w.ID, Authors: []practice.Author{author}, Credits: []practice.Credit{said}, Content: shared()}))
	ok(t, w.Erase(ctx, people.Subject{Organisation: w.ville.Organisation, Person: w.mallory.Person}, "heir", false))
	p, err := w.Draft(ctx, w.mallory, "seed")
	ok(t, err)
	if len(p.Authors) != 1 || p.Credits[0].Person != "" || p.Credits[0].Name != "" {
		t.Errorf("authors %+v, credits %+v; want that the author stays and the credit loses its name", p.Authors, p.Credits)
	}
}

// Each is called otherwise only where she is for the town that says so; who published is named by her random name alone, so that
// no erasure has to find an administrator who is no author.
func TestNewNames(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	author := practice.Author{Person: w.mallory.Person, Town: w.mallory.Organisation, Name: w.mallory.Name, Account: w.mallory.Account}
	said := practice.Credit{ID: "credit", Person: w.mallory.Person, Town: w.ville.Organisation, Name: w.mallory.Name, State: practice.CreditAgreed}
	ok(t, w.Begin(ctx, practice.Seed{ID: "seed", Town: w.mallory.Organisation, Authors: []practice.Author{author}, Credits: []practice.Credit{said}, Content: shared()}))
	_, err := w.Publish(ctx, w.mallory, "seed", 0, "")
	ok(t, err)
	ok(t, w.Rename(ctx, people.Subject{Organisation: w.ville.Organisation, Person: w.mallory.Person, Name: "Otherwise"}))
	p, err := w.Draft(ctx, w.mallory, "seed")
	ok(t, err)
	if p.Authors[0].Name != w.mallory.Name || p.Credits[0].Name != "Otherwise" {
		t.Errorf("for one town: authors %+v, credits %+v", p.Authors, p.Credits)
	}
	ok(t, w.Rename(ctx, people.Subject{Organisation: w.mallory.Organisation, Person: w.mallory.Person, Name: "Otherwise"}))
	c, err := w.Card(ctx, "seed")
	ok(t, err)
	if c.Authors[0].Name != "Otherwise" || c.Credits[0].Name != "Otherwise" {
		t.Errorf("for both: the card names %+v, %+v", c.Authors, c.Credits)
	}
	p, err = w.Draft(ctx, w.mallory, "seed")
	if err != nil || p.By.Person != "" || p.By.Name != "" || p.By.Account == "" || p.Due != nil {
		t.Errorf("published by %+v, %v", p.By, err)
	}
}

// Who writes already is not written to again.
func TestAnAuthorIsAddedOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p, err := w.Create(ctx, w.Grace, shared())
	ok(t, err)
	for _, address := range []string{"mallory@lindenau.example", "Mallory@Lindenau.example"} {
		p, err = w.AddAuthor(ctx, w.Grace, p.ID, address)
		ok(t, err)
	}
	if got := w.letters("practice_author"); len(p.Authors) != 2 || len(got) != 1 {
		t.Errorf("%d authors, letters %v", len(p.Authors), got)
	}
}

// What the authors decide about an offer is told each time that it is another decision, and once.
func TestADecisionThatComesBack(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	_, err := w.Adopt(ctx, w.mallory, p.ID, "", "")
	ok(t, err)
	a, err := w.Describe(ctx, w.mallory, p.ID, 0, practice.AdoptionChange{Changes: &[]practice.Change{{Section: "conditions", Card: "Bring in the baker", Here: "Bring in the butcher", Offer: "offered"}}})
	ok(t, err)
	for n, take := range []bool{true, true, false, true} {
		_, err = w.Decide(ctx, w.Grace, p.ID, a.ID, 0, take)
		ok(t, err)
		taken, declined := len(w.letters("practice_taken")), len(w.letters("practice_declined"))
		if want := [][2]int{{1, 0}, {1, 0}, {1, 1}, {2, 1}}[n]; [2]int{taken, declined} != want {
			t.Errorf("after decision %d: %d letters that it was taken, %d that it was declined; want %v", n+1, taken, declined, want)
		}
	}
}

// Who has left her town is not written to any more about what she wrote for it.
func TestAuthorsWhoHaveLeft(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	_, err := w.AddAuthor(ctx, w.Grace, p.ID, "mallory@lindenau.example")
	ok(t, err)
	ok(t, w.People.Leave(ctx, w.Anna, w.Grace.Person))
	_, err = w.Ask(ctx, w.ville, p.ID, "Who paid?")
	ok(t, err)
	if got := w.letters("practice_question"); len(got) != 1 || got[0] != "mallory@lindenau.example" {
		t.Errorf("letters to %v, want only to who still writes for her town", got)
	}
}

// A card whose authors have all left, or were erased, belongs to its town still: a question to it reaches who administrates
// there, and she answers.
func TestQuestionsToACardWithoutAuthors(t *testing.T) {
	t.Parallel()
	for name, goes := range map[string]func(ctx context.Context, w *valley) error{
		"left": func(ctx context.Context, w *valley) error { return w.People.Leave(ctx, w.Anna, w.Grace.Person) },
		"erased": func(ctx context.Context, w *valley) error {
			return w.Erase(ctx, people.Subject{Organisation: w.Grace.Organisation, Person: w.Grace.Person}, "heir", true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			ctx := t.Context()
			p := w.card()
			ok(t, goes(ctx, w))
			q, err := w.Ask(ctx, w.ville, p.ID, "Who paid?")
			ok(t, err)
			if got := w.letters("practice_question"); len(got) != 1 || got[0] != "anna@castelverde.example" {
				t.Errorf("letters to %v, want to who administrates the town of the card", got)
			}
			_, err = w.Answer(ctx, w.Anna, p.ID, q.ID, "The region did.")
			ok(t, err)
			if got := w.letters("practice_answer"); len(got) != 1 || got[0] != "ville@tammela.example" {
				t.Errorf("letters of the answer: %v", got)
			}
		})
	}
}

// Who asked for a town that she has left since is not written to when there is an answer.
func TestAnAnswerToWhoHasLeft(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p, q := w.asked(w.Lin)
	_, err := w.AddAuthor(ctx, w.Grace, p.ID, "mallory@lindenau.example")
	ok(t, err)
	ok(t, w.People.Leave(ctx, w.Anna, w.Lin.Person))
	_, err = w.Answer(ctx, w.mallory, p.ID, q.ID, "The region did.")
	ok(t, err)
	if got := w.letters("practice_answer"); len(got) != 0 {
		t.Errorf("letters to %v, who has left", got)
	}
}
