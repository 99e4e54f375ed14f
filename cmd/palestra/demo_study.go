package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/cmd/palestra/world"
	"palestra/course"
	"palestra/internal/id"
	"palestra/lrs/xapi"
	"palestra/people"
)

// learner is a person on her way through a course.
type learner struct {
	d      *demo
	story  *world.Study
	course *world.Course
}

// studySteps are the lessons of one person's way through a course, some at a sitting.
func (d *demo) studySteps(s *world.Study) []step {
	c := d.world.Course(s.Course)
	if c == nil {
		return nil
	}
	l := &learner{d: d, story: s, course: c}
	hour, pace, each := s.Hour, s.Pace, s.Each
	orElse := func(v *int, otherwise int) {
		if *v == 0 {
			*v = otherwise
		}
	}
	orElse(&hour, 9)
	orElse(&pace, 2)
	orElse(&each, 2)
	lessons := c.Lessons()
	done := len(lessons)
	if s.Stop != nil {
		done = *s.Stop
	}
	what := s.Who + ": " + c.Title[c.Languages[0]]
	minute := (len(s.Who)*7 + s.Day*3) % 50 // not everybody on the hour
	steps := []step{{demoWorkday(d.monday, s.Day, hour, minute), what, l.enrol}}
	for i := range lessons {
		at := demoWorkday(d.monday, s.Day+i/each*pace, hour, minute).Add(time.Duration(1+i%each*17) * time.Minute)
		switch {
		case i < done:
			steps = append(steps, step{at, what, func(ctx context.Context) (bool, error) { return l.learn(ctx, i, true) }})
		case i == done:
			steps = append(steps, step{at, what, func(ctx context.Context) (bool, error) { return l.learn(ctx, i, false) }})
		}
		if s.Report != nil && s.Report.Lesson == i {
			steps = append(steps, step{at.Add(12 * time.Minute), what, l.report})
		}
	}
	return steps
}

// study returns where the learner is; nil if she has not enrolled.
func (d *demo) study(ctx context.Context, town string, m *people.Member, id string) (*course.Study, error) {
	for _, state := range []string{course.Active, course.Completed} {
		all, _, err := d.course.Studies(ctx, d.as(town, m), state, "", 100)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(s course.Study) bool { return s.Enrolment.Course == id }); i >= 0 {
			return &all[i], nil
		}
	}
	return nil, nil //nolint:nilnil // not enrolled
}

func (l *learner) now(ctx context.Context) (*course.Study, string, error) {
	m, err := l.d.member(ctx, l.story.Town, l.story.Who)
	if err != nil {
		return nil, "", err
	}
	if m == nil {
		return nil, "", fmt.Errorf("%s is not there", l.story.Who)
	}
	draft, err := l.d.draft(ctx, l.course)
	if err != nil {
		return nil, "", err
	}
	if draft == nil {
		return nil, "", fmt.Errorf("the course %s is not there", l.course.Slug)
	}
	st, err := l.d.study(ctx, l.story.Town, m, draft.ID)
	return st, draft.ID, err
}

func (l *learner) enrol(ctx context.Context) (bool, error) {
	st, id, err := l.now(ctx)
	if err != nil || st != nil {
		return false, err
	}
	by, err := l.d.actor(ctx, l.story.Town, l.story.Who)
	if err != nil {
		return false, err
	}
	_, err = l.d.course.Enrol(ctx, by, id)
	return true, err
}

// learn takes a lesson up; wholly says that she also finishes it.
func (l *learner) learn(ctx context.Context, n int, wholly bool) (bool, error) {
	st, _, err := l.now(ctx)
	if err != nil {
		return false, err
	}
	if st == nil {
		return false, errors.New("not enrolled")
	}
	if n >= len(st.Needs) {
		return false, nil
	}
	need := &st.Needs[n]
	if need.Done != nil || !wholly && !l.unfinished(need) {
		return false, nil // nobody signs in to do nothing
	}
	by, err := l.d.actor(ctx, l.story.Town, l.story.Who)
	if err != nil {
		return false, err
	}
	switch need.Kind {
	case course.KindVideo:
		spans := [][2]float64{{0, 1}}
		if !wholly {
			spans = l.story.Part
		}
		if wholly && l.story.Transcript {
			return true, l.readTranscript(ctx, by, st, need)
		}
		return l.watch(ctx, by, st, need, spans)
	case course.KindQuiz:
		return l.answer(ctx, by, st, need, wholly)
	}
	return true, l.read(ctx, by, st, need)
}

// unfinished reports whether anything is left to do of a lesson at which her story stops.
func (l *learner) unfinished(need *course.Need) bool {
	switch need.Kind {
	case course.KindVideo:
		return wanted(l.story.Part, need).Without(need.Seen).Length() >= 1000
	case course.KindQuiz:
		return need.Attempts < l.story.Fails
	}
	return false
}

// wanted are shares of a film in milliseconds.
func wanted(shares [][2]float64, need *course.Need) course.Intervals {
	var want course.Intervals
	for _, s := range shares {
		want = want.Union(course.Normal([2]int64{int64(s[0] * float64(need.Length)), int64(s[1] * float64(need.Length))}))
	}
	return want
}

func (l *learner) read(ctx context.Context, by people.Actor, st *course.Study, need *course.Need) error {
	_, lesson, _, err := l.d.course.Open(ctx, by, st.Enrolment.ID, need.Lesson)
	if err != nil {
		return err
	}
	text, _ := lesson.Body.In(by.Locale)
	l.d.clock.Pass(time.Duration(len(strings.Fields(text))) * time.Minute / 170)
	_, err = l.d.course.Read(ctx, by, st.Enrolment.ID, need.Lesson)
	return err
}

func (l *learner) readTranscript(ctx context.Context, by people.Actor, st *course.Study, need *course.Need) error {
	if _, _, _, err := l.d.course.Open(ctx, by, st.Enrolment.ID, need.Lesson); err != nil {
		return err
	}
	l.d.clock.Pass(time.Duration(need.Length) * time.Millisecond * 3 / 4)
	_, err := l.d.course.ReadTranscript(ctx, by, st.Enrolment.ID, need.Lesson)
	return err
}

// watch plays spans of a film (shares of its length) as her browser would, and sends what it has seen to the record
// store with the credential that the browser was given.
func (l *learner) watch(ctx context.Context, by people.Actor, st *course.Study, need *course.Need, spans [][2]float64) (bool, error) {
	want := wanted(spans, need)
	if want.Without(need.Seen).Length() < 1000 {
		return false, nil
	}
	if _, _, _, err := l.d.course.Open(ctx, by, st.Enrolment.ID, need.Lesson); err != nil {
		return false, err
	}
	p, err := l.d.course.Play(ctx, by, st.Enrolment.ID, need.Lesson)
	if err != nil {
		return false, err
	}
	b := l.d.browser(by, st.Enrolment.ID, &p, max(1, l.story.Speed))
	if err := b.send(ctx, b.statement(xapi.VerbInitialized, 0)); err != nil {
		return false, err
	}
	at := int64(0)
	for _, s := range want.Without(need.Seen) {
		var events []xapi.Statement
		if s[0] != at {
			events = append(events, b.seeked(at, s[0]))
		}
		events = append(events, b.statement(xapi.VerbPlayed, s[0]))
		if err := b.send(ctx, events...); err != nil {
			return false, err
		}
		l.d.clock.Pass(time.Duration(float64(s[1]-s[0])/b.speed) * time.Millisecond)
		b.played = append(b.played, [2]float64{float64(s[0]) / 1000, float64(s[1]) / 1000})
		if err := b.send(ctx, b.statement(xapi.VerbPaused, s[1])); err != nil {
			return false, err
		}
		at = s[1]
	}
	last := []xapi.Statement{b.statement(xapi.VerbTerminated, at)}
	if at >= need.Length {
		last = append([]xapi.Statement{b.statement(xapi.VerbCompleted, at)}, last...)
	}
	return true, b.send(ctx, last...)
}

// browser is a learner's browser while it plays a film.
type browser struct {
	d         *demo
	client    xapi.Client
	actor     xapi.Agent
	org       string
	enrolment string
	play      *course.Playing
	speed     float64
	played    [][2]float64 // seconds
}

func (d *demo) browser(by people.Actor, enrolment string, p *course.Playing, speed float64) *browser {
	return &browser{d: d, actor: xapi.ByAccount(d.cfg.PublicURL, by.Account), org: by.Organisation, enrolment: enrolment, play: p, speed: speed,
		client: xapi.Client{Endpoint: d.url + "/xapi", Authorization: p.Authorization, Version: xapi.V2, HTTP: d.http, NewID: id.Random}}
}

func (b *browser) seconds(ms int64) json.RawMessage { return xapi.Extension(float64(ms) / 1000) }

// statement is one of the xAPI video profile 1.0.3, at a place in the film.
func (b *browser) statement(verb string, at int64) xapi.Statement {
	o := xapi.Activity(b.d.cfg.PublicURL+b.play.Activity.Path).Described(b.play.Activity.Type, b.play.Activity.Name)
	s := xapi.New(id.Random(), b.actor, verb, o, b.enrolment, b.d.clock.Now())
	s = s.Within(b.d.cfg.PublicURL + surroundings(b.play.Activity.Path)[0])
	s.Context.ContextActivities.Category = []xapi.Object{xapi.Activity(xapi.ProfileVideo)}
	s.Context.Extensions = map[string]json.RawMessage{
		xapi.ExtSessionID: xapi.Extension(b.play.Session),
		xapi.ExtLength:    b.seconds(b.play.Length),
		xapi.ExtSpeed:     xapi.Extension(strconv.FormatFloat(b.speed, 'f', -1, 64) + "x"),
	}
	if verb == xapi.VerbInitialized {
		return s
	}
	s.Result = &xapi.Result{Extensions: map[string]json.RawMessage{xapi.ExtTime: b.seconds(at)}}
	if verb == xapi.VerbPlayed {
		return s
	}
	seen := 0.0
	for _, p := range b.played {
		seen += p[1] - p[0]
	}
	share := min(1, seen*1000/float64(max(1, b.play.Length)))
	maps.Copy(s.Result.Extensions, map[string]json.RawMessage{
		xapi.ExtPlayedSegments: xapi.Extension(xapi.FormatSegments(b.played)),
		xapi.ExtProgress:       xapi.Extension(float64(int(share*1000)) / 1000),
	})
	if verb == xapi.VerbCompleted {
		yes := true
		s.Result.Completion = &yes
	}
	if verb == xapi.VerbCompleted || verb == xapi.VerbTerminated {
		s.Result.Duration = xapi.FormatDuration(time.Duration(seen / b.speed * float64(time.Second)).Truncate(10 * time.Millisecond))
	}
	return s
}

func (b *browser) seeked(from, to int64) xapi.Statement {
	s := b.statement(xapi.VerbSeeked, to)
	delete(s.Result.Extensions, xapi.ExtTime)
	s.Result.Extensions[xapi.ExtTimeFrom], s.Result.Extensions[xapi.ExtTimeTo] = b.seconds(from), b.seconds(to)
	return s
}

// send stores statements, and waits until they were taken in, so that nothing is decided in another one's time.
func (b *browser) send(ctx context.Context, statements ...xapi.Statement) error {
	raw := make([]json.RawMessage, 0, len(statements))
	for _, s := range statements {
		r, err := s.JSON()
		if err != nil {
			return err
		}
		raw = append(raw, r)
	}
	if _, err := b.client.Store(ctx, raw...); err != nil {
		return err
	}
	return b.d.course.CatchUp(ctx, b.org)
}

// answer takes a quiz: as often wrongly as her story says, then rightly if she is to pass.
func (l *learner) answer(ctx context.Context, by people.Actor, st *course.Study, need *course.Need, pass bool) (changed bool, err error) {
	attempts := need.Attempts
	for {
		right := attempts >= l.story.Fails
		if right && !pass {
			return changed, nil
		}
		if _, _, _, err := l.d.course.Open(ctx, by, st.Enrolment.ID, need.Lesson); err != nil {
			return changed, err
		}
		sheet, err := l.d.course.Begin(ctx, by, st.Enrolment.ID, need.Lesson)
		if err != nil {
			return changed, err
		}
		l.d.clock.Pass(time.Duration(len(sheet.Quiz.Questions)) * 35 * time.Second)
		if _, _, err := l.d.course.HandIn(ctx, by, sheet.Attempt.ID, answers(&sheet, right)); err != nil {
			return changed, err
		}
		changed = true
		if right {
			return true, nil
		}
		attempts++
		l.d.clock.Pass(4 * time.Minute) // she reads what was wrong
	}
}

// answers are right, or, for an attempt that is to fail, right but for the last questions.
func answers(sh *course.Sheet, right bool) []course.Answer {
	var out []course.Answer
	wrongFrom := max(0, sh.Quiz.Pass-1)
	for i := range sh.Quiz.Questions {
		out = append(out, answerTo(&sh.Quiz.Questions[i], sh.Attempt.Choices, right || i < wrongFrom))
	}
	return out
}

func answerTo(q *course.Question, shown map[string][]string, right bool) course.Answer {
	a := course.Answer{Question: q.ID}
	switch q.Kind {
	case course.QuestionSingle, course.QuestionMultiple:
		for _, c := range q.Choices {
			if c.Right == right {
				a.Choices = append(a.Choices, c.ID)
				if q.Kind == course.QuestionSingle {
					break
				}
			}
		}
	case course.QuestionOrder:
		for _, c := range q.Choices {
			a.Choices = append(a.Choices, c.ID)
		}
		if !right {
			slices.Reverse(a.Choices)
		}
	case course.QuestionMatch:
		a.Pairs = map[string]string{}
		for i, c := range q.Choices {
			partner := c.ID
			if !right {
				partner = q.Choices[(i+1)%len(q.Choices)].ID
			}
			a.Pairs[c.ID] = "p" + strconv.Itoa(slices.Index(shown[q.ID+"/partners"], partner))
		}
	case course.QuestionText:
		a.Text = "?"
		if right {
			a.Text, _ = q.Accept[0].In("en")
		}
	case course.QuestionNumber:
		n := q.Number
		if !right {
			n += 2*q.Tolerance + 1
		}
		a.Text = strconv.FormatFloat(n, 'f', -1, 64)
	}
	return a
}

func (l *learner) report(ctx context.Context) (bool, error) {
	st, id, err := l.now(ctx)
	if err != nil {
		return false, err
	}
	if st == nil || l.story.Report.Lesson >= len(st.Needs) {
		return false, errors.New("nothing to report about")
	}
	r := l.story.Report
	page, err := l.d.course.Reports(ctx, l.d.reader(l.course.Town), id, "", 100)
	if err != nil || slices.ContainsFunc(page.Docs, func(x course.Report) bool { return x.Text == r.Text }) {
		return false, err
	}
	by, err := l.d.actor(ctx, l.story.Town, l.story.Who)
	if err != nil {
		return false, err
	}
	var at *int64
	if r.At > 0 {
		ms := r.At * 1000
		at = &ms
	}
	return true, l.d.course.Report(ctx, by, st.Enrolment.ID, st.Needs[r.Lesson].Lesson, r.Text, at)
}
