package main

import (
	"context"
	"fmt"
	"slices"

	"palestra/bootcamp"
	"palestra/bootcamp/discussion"
	"palestra/bootcamp/practice"
	"palestra/cmd/palestra/world"
	"palestra/people"
)

// talkSteps let people talk in cohorts and under practices.
func (d *demo) talkSteps() []step {
	var steps []step
	for i := range d.world.Talks {
		w := &d.world.Talks[i]
		for n := range w.Posts {
			steps = append(steps, step{demoWorkday(d.monday, w.Posts[n].Day, 17, 10*i+n), "a discussion: " + w.Title,
				func(ctx context.Context) (bool, error) { return d.talk(ctx, w, n) }})
		}
	}
	return steps
}

// talkPlace returns where a thread lies; false if that is not made.
func (d *demo) talkPlace(ctx context.Context, by people.Actor, w *world.Talk) (p discussion.Place, about string, made bool, err error) {
	if w.Practice != "" {
		cards, err := d.practices.Cards(ctx, by, practice.Filter{}, "", 100)
		if err != nil {
			return p, "", false, err
		}
		i := slices.IndexFunc(cards.Docs, func(c practice.Card) bool { return c.Content.Title["en"] == w.Practice })
		if i < 0 {
			return p, "", false, nil
		}
		return discussion.Place{Practice: cards.Docs[i].ID}, "", true, nil
	}
	i := slices.IndexFunc(d.world.Bootcamps, func(b world.Bootcamp) bool { return b.Title["en"] == w.Bootcamp })
	if i < 0 {
		return p, "", false, nil
	}
	b, err := d.camp(ctx, by, &d.world.Bootcamps[i])
	if err != nil || b == nil {
		return p, "", false, err
	}
	cohorts, err := d.bootcamps.Cohorts(ctx, by, b.ID)
	if err != nil || len(cohorts) == 0 {
		return p, "", false, err
	}
	p = discussion.Place{Bootcamp: b.ID, Cohort: cohorts[0].ID}
	if w.Session != "" {
		list, _, err := d.bootcamps.Sessions(ctx, by, b.ID, p.Cohort, nil, "", 200)
		if err != nil {
			return p, "", false, err
		}
		if i := slices.IndexFunc(list.Docs, func(e bootcamp.Session) bool { return e.Title == w.Session }); i >= 0 {
			about = "session." + list.Docs[i].ID
		}
	}
	return p, about, true, nil
}

// talk lets somebody say the post of a thread, unless it was said.
func (d *demo) talk(ctx context.Context, w *world.Talk, n int) (bool, error) {
	post := &w.Posts[n]
	by, err := d.actor(ctx, post.Town, post.Who)
	if err != nil {
		return false, err
	}
	p, about, made, err := d.talkPlace(ctx, by, w)
	if err != nil || !made {
		return false, err
	}
	_, lines, _, _, err := d.talks.Threads(ctx, by, p, discussion.Filter{}, "", 100)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(lines, func(l discussion.Line) bool { return l.Thread.Title == w.Title })
	if i >= 0 && lines[i].Thread.Posts > n || i < 0 && n > 0 {
		return false, nil
	}
	said := discussion.Writing{Key: fmt.Sprintf("demo %d", n), Words: post.Words, Language: post.Language, Re: post.Re, About: about, Title: w.Title, Asks: w.Asks}
	for _, m := range post.Mentions {
		if said.Mentions, err = d.mention(ctx, by, p, m, said.Mentions); err != nil {
			return false, err
		}
	}
	if n == 0 {
		said.Key = "demo " + w.Title
		if len(said.Key) > 64 {
			said.Key = said.Key[:64]
		}
		_, _, err := d.talks.Begin(ctx, by, p, said)
		return true, err
	}
	id := lines[i].Thread.ID
	if _, err := d.talks.Say(ctx, by, p, id, said); err != nil || w.Answer != n+1 {
		return true, err
	}
	asker, err := d.actor(ctx, w.Posts[0].Town, w.Posts[0].Who)
	if err != nil {
		return false, err
	}
	return true, d.talks.Accept(ctx, asker, p, id, w.Answer)
}

// mention adds somebody whom a post names.
func (d *demo) mention(ctx context.Context, by people.Actor, p discussion.Place, email string, list []discussion.Mention) ([]discussion.Mention, error) {
	known, err := d.people.ByAddress(ctx, email)
	if err != nil {
		return nil, err
	}
	here, err := d.talks.Whom(ctx, by, p, known.Name)
	if err != nil || len(here) == 0 {
		return list, err
	}
	return append(list, discussion.Mention{Person: known.ID, Name: known.Name}), nil
}
