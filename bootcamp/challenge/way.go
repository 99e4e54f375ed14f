package challenge

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/people"
)

// Sponsor says that the actor's town has the problem, too, and what it brings; saying it again changes what it brings.
// Office holders of other towns may. Faults: challenge.own, challenge.entries
func (s *Service) Sponsor(ctx context.Context, by people.Actor, id, offer string) (Challenge, error) {
	if err := by.Must(office()...); err != nil {
		return Challenge{}, err
	}
	offer, err := several("offer", offer, 0, maxOffer)
	if err != nil {
		return Challenge{}, err
	}
	p, o, err := s.person(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	return s.change(ctx, by, id, func(c *Challenge) error {
		if c.Town == by.Organisation {
			return fault.New(fault.Conflict, "challenge.own", "it is the town's own challenge")
		}
		if c.State != StateOpen && c.State != StateTaken {
			return errState
		}
		sp := Sponsor{Town: by.Organisation, TownName: o.Name, Country: o.Country, By: p, Offer: offer, Language: by.Locale, At: s.now()}
		c.note(p)
		if i := slices.IndexFunc(c.Sponsors, func(x Sponsor) bool { return x.Town == sp.Town }); i >= 0 {
			sp.At = c.Sponsors[i].At
			c.Sponsors[i] = sp
			return nil
		}
		if len(c.Sponsors) >= maxSponsors {
			return fault.New(fault.Conflict, "challenge.entries", "at most %d towns", maxSponsors).With("max", maxSponsors)
		}
		c.Sponsors = append(c.Sponsors, sp)
		return c.happened(EventSponsored, p, sp.At)
	})
}

// Unsponsor takes the actor's town from the sponsors. Its office holders may.
func (s *Service) Unsponsor(ctx context.Context, by people.Actor, id string) (Challenge, error) {
	if err := by.Must(office()...); err != nil {
		return Challenge{}, err
	}
	p, _, err := s.person(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	return s.change(ctx, by, id, func(c *Challenge) error {
		if !c.Sponsored(by) {
			return nil
		}
		if c.State != StateOpen && c.State != StateTaken {
			return errState
		}
		c.Sponsors = slices.DeleteFunc(c.Sponsors, func(x Sponsor) bool { return x.Town == by.Organisation })
		return c.happened(EventLeft, p, s.now())
	})
}

// Taking is a team that takes a challenge in hand.
type Taking struct {
	Bootcamp string
	Cohort   string
	Name     string
	Members  []string // persons with a place in the cohort
}

// Take gives a challenge to a team of a cohort; who has it in hand already can change the team. Who leads the cohort
// may. Faults: challenge.team, challenge.taken, bootcamp.no_member
func (s *Service) Take(ctx context.Context, by people.Actor, id string, t Taking) (Challenge, error) {
	if _, err := s.get(ctx, by, id); err != nil {
		return Challenge{}, err
	}
	b, cohort, err := s.c.Cohorts.Led(ctx, by, t.Bootcamp, t.Cohort)
	if err != nil {
		return Challenge{}, err
	}
	name := strings.Join(strings.Fields(t.Name), " ")
	slices.Sort(t.Members)
	t.Members = slices.Compact(t.Members)
	if name == "" || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return Challenge{}, invalid("name", "challenge.team_name", "one line of 1 to %d characters", maxName).With("max", maxName)
	}
	if len(t.Members) == 0 || len(t.Members) > maxTeam {
		return Challenge{}, invalid("members", "challenge.team", "a team has 1 to %d people", maxTeam).With("max", maxTeam)
	}
	placed, err := s.c.Cohorts.Placed(ctx, b.Owner, cohort.ID, t.Members)
	if err != nil {
		return Challenge{}, err
	}
	lead, _, err := s.person(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	team := Team{Bootcamp: b.ID, Title: b.Title, Cohort: cohort.ID, Cohorts: cohort.Name, Name: name, By: lead, Since: s.now()}
	for _, m := range placed {
		member, err := s.c.People.MemberOf(ctx, m.Town, m.Person)
		if err != nil {
			return Challenge{}, err
		}
		o, err := s.c.People.Organisation(ctx, m.Town)
		if err != nil {
			return Challenge{}, err
		}
		team.Members = append(team.Members, Person{Person: m.Person, Town: m.Town, TownName: o.Name, Name: m.Name, Account: member.Account})
	}
	return s.change(ctx, by, id, func(c *Challenge) error {
		again := c.State == StateTaken && c.Team.Cohort == team.Cohort
		switch {
		case c.State == StateTaken && !again:
			return fault.New(fault.Conflict, "challenge.taken", "another team has it in hand")
		case c.State != StateOpen && !again:
			return errState
		}
		c.note(lead)
		c.note(team.Members...)
		if again {
			team.Since = c.Team.Since
			c.Team = &team
			return nil
		}
		c.State, c.Team = StateTaken, &team
		return c.happened(EventTaken, lead, team.Since)
	})
}

// Return gives a challenge back to the board: the team cannot go on. The team and the town that stated it may.
func (s *Service) Return(ctx context.Context, by people.Actor, id string) (Challenge, error) {
	p, _, err := s.writer(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	return s.change(ctx, by, id, func(c *Challenge) error {
		if c.State != StateTaken {
			return errState
		}
		if !c.InTeam(by) && !c.Writes(by) {
			return errForbidden
		}
		c.State = StateOpen
		return c.happened(EventReturned, p, s.now())
	})
}

// Say notes where a team stands, or what others have to say to it: the team, the town that stated the challenge and its
// sponsors may. Fault challenge.said_much
func (s *Service) Say(ctx context.Context, by people.Actor, id, words string) (Challenge, error) {
	p, _, err := s.writer(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	if words, err = several("words", words, 1, maxWords); err != nil {
		return Challenge{}, err
	}
	return s.change(ctx, by, id, func(c *Challenge) error {
		if !c.InTeam(by) && !c.Writes(by) && (!c.Sponsored(by) || !by.Has(office()...)) {
			return errForbidden
		}
		now, today := s.now(), 0
		for _, n := range c.Notes {
			if n.By.is(by) && now.Sub(n.At) < 24*time.Hour {
				today++
			}
		}
		switch {
		case today >= maxSaid:
			return fault.New(fault.TooMany, "challenge.said_much", "at most %d notes a day", maxSaid).With("max", maxSaid)
		case len(c.Notes) >= maxNotes:
			return fault.New(fault.Conflict, "challenge.entries", "at most %d notes", maxNotes).With("max", maxNotes)
		}
		c.note(p)
		c.Notes = append(c.Notes, Note{By: p, Team: c.InTeam(by), Words: words, Language: by.Locale, At: now})
		return nil
	})
}

// Outcome is how somebody ends a challenge.
type Outcome struct {
	Solved  bool
	Reasons []string // of Reasons, if it was not solved
	Words   string   // what the answer is, or why there is none
}

// leastWhy is how much has to be said about why something was not solved.
const leastWhy = 40

// End ends a challenge: as a practice, whose draft is made in the town that stated it with the team as its authors, or as
// not solved, with reasons that stay. The team, and the town that stated it, may. Faults: challenge.reasons,
// challenge.why_short
func (s *Service) End(ctx context.Context, by people.Actor, id string, o Outcome) (Challenge, error) {
	p, _, err := s.writer(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	if o.Words, err = several("words", o.Words, 0, maxWords); err != nil {
		return Challenge{}, err
	}
	if !o.Solved {
		slices.Sort(o.Reasons)
		o.Reasons = slices.Compact(o.Reasons)
		if len(o.Reasons) == 0 || slices.ContainsFunc(o.Reasons, func(r string) bool { return !slices.Contains(Reasons(), r) }) {
			return Challenge{}, invalid("reasons", "challenge.reasons", "say at least one of the reasons")
		}
		if utf8.RuneCountInString(o.Words) < leastWhy {
			return Challenge{}, invalid("words", "challenge.why_short", "at least %d characters", leastWhy).With("min", leastWhy)
		}
	}
	made := s.c.NewID()
	return s.change(ctx, by, id, func(c *Challenge) error {
		if !c.InTeam(by) && !c.Writes(by) {
			return errForbidden
		}
		if c.State != StateOpen && c.State != StateTaken {
			return errState
		}
		if len(c.Endings) >= maxEndings {
			return fault.New(fault.Conflict, "challenge.entries", "at most %d endings", maxEndings).With("max", maxEndings)
		}
		e := Ending{Solved: o.Solved, Reasons: []string{}, Words: o.Words, Language: by.Locale, By: p, At: s.now()}
		if c.State == StateTaken && c.Team != nil {
			e.Team = c.Team.Name
		}
		c.note(p)
		kind := EventUnsolved
		if c.State = StateUnsolved; o.Solved {
			c.State, kind, e.Practice = StateSolved, EventSolved, made
		} else {
			e.Reasons = o.Reasons
		}
		c.Endings = append(c.Endings, e)
		return c.happened(kind, p, e.At)
	})
}

// Reopen puts a challenge that was not solved on the board again; why it was not stays to be read. Office holders of its
// town may.
func (s *Service) Reopen(ctx context.Context, by people.Actor, id string) (Challenge, error) {
	p, _, err := s.writer(ctx, by)
	if err != nil {
		return Challenge{}, err
	}
	return s.change(ctx, by, id, func(c *Challenge) error {
		if !c.Writes(by) {
			return errForbidden
		}
		if c.State != StateUnsolved {
			return errState
		}
		c.State, c.Team = StateOpen, nil
		return c.happened(EventReopened, p, s.now())
	})
}
