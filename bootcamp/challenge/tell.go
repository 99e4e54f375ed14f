package challenge

import (
	"context"
	"strconv"

	"palestra/course"
	"palestra/people"
)

// verb is the verb under which record stores are told of an event: of Activity Streams 1.0 and of the Tin Can registry.
func verb(kind string) string {
	const streams = "http://activitystrea.ms/schema/1.0/"
	switch kind {
	case EventSponsored:
		return streams + "sponsor"
	case EventLeft:
		return streams + "retract"
	case EventTaken:
		return streams + "start"
	case EventReturned:
		return streams + "return"
	case EventSolved:
		return streams + "resolve"
	case EventUnsolved:
		return streams + "close"
	case EventReopened:
		return streams + "open"
	}
	return "http://id.tincanapi.com/verb/published"
}

// typeChallenge is the type of the activity.
const typeChallenge = "https://schema.org/CreativeWork"

// tell writes an event into the record store of the town whose people did it, and to the people whom it concerns. Each
// is told once.
func (s *Service) tell(ctx context.Context, c Challenge, i int) error {
	e := c.Events[i]
	key := []string{"challenge", c.ID, strconv.Itoa(i)}
	err := s.c.Records.Record(ctx, e.Town, course.Event{ID: course.EventID(append([]string{e.Town}, key...)...), Account: e.Account, Verb: verb(e.Kind), At: e.At,
		Activity: course.Activity{Path: "/xapi/challenges/" + c.ID, Type: typeChallenge, Name: c.Content.Title}})
	if err != nil {
		return wrap("tell", err)
	}
	for _, p := range c.concerned(e) {
		if p.Person == "" || p.Account == e.Account {
			continue // erased, or did it herself
		}
		known, here, err := people.StillOf(ctx, s.c.People, p.Person, p.Town)
		if err != nil {
			return err
		}
		if !here {
			continue
		}
		title, _ := c.Content.Title.In(known.Locale)
		params := map[string]any{"name": p.Name, "town": e.TownName, "title": title, "link": s.c.PublicURL + "/challenges/" + c.ID}
		if err := s.c.Mail.SendOnce(ctx, course.EventID(append([]string{"letter", p.Person}, key...)...), known.Address, known.Locale, "challenge_"+e.Kind, params); err != nil {
			return wrap("tell", err)
		}
	}
	return nil
}

// concerned lists who gets a letter about an event, each person once.
func (c *Challenge) concerned(e Event) []Person {
	var list []Person
	add := func(p Person) {
		for _, o := range list {
			if o.Person == p.Person {
				return
			}
		}
		list = append(list, p)
	}
	switch e.Kind {
	case EventSponsored:
		add(c.By)
	case EventTaken, EventSolved, EventUnsolved:
		add(c.By)
		for _, s := range c.Sponsors {
			add(s.By)
		}
		if c.Team != nil {
			add(c.Team.By)
			for _, p := range c.Team.Members {
				add(p)
			}
		}
	case EventReturned:
		add(c.By)
	}
	return list
}
