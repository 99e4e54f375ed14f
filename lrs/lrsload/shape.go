package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// The shape of the work.
const (
	actors      = 1000 // -actors
	activities  = 2000 // -activities
	courses     = 40
	instructors = 20
	verbs       = 5
	home        = "https://learning.example"
)

// verb returns one of the verbs.
func (m maker) verb() string {
	return [verbs]string{"http://adlnet.gov/expapi/verbs/initialized", "https://w3id.org/xapi/video/verbs/played",
		"https://w3id.org/xapi/video/verbs/paused", "https://w3id.org/xapi/video/verbs/seeked", "http://adlnet.gov/expapi/verbs/answered"}[m.rnd.IntN(verbs)]
}

func actorJSON(n int) string {
	return fmt.Sprintf(`{"objectType":"Agent","account":{"homePage":%q,"name":"%08d-5f3e-4f8e-9d3b-2f6f8a4b7c1d"}}`, home, n)
}

func activityID(n int) string {
	return fmt.Sprintf("%s/xapi/courses/course-%04d/lessons/lesson-%04d", home, n%courses, n)
}

func courseID(n int) string { return fmt.Sprintf("%s/xapi/courses/course-%04d", home, n) }

func instructorJSON(n int) string {
	return fmt.Sprintf(`{"objectType":"Agent","account":{"homePage":%q,"name":"instructor-%04d"}}`, home, n)
}

// maker writes statements of the shape. scattered statements have actors of their own, one in ten thousand statements.
type maker struct {
	now    func() time.Time
	rnd    *rand.Rand
	crowds crowds
}

// crowds are how many different actors and activities there are.
type crowds struct{ actors, activities int }

func (d desk) newMaker(seed, who uint64) maker {
	return maker{d.now, rand.New(rand.NewPCG(seed, who)), d.crowds}
}

// scattered is how many statements one of the rare agents' stands for.
const (
	scattered   = 10_000
	rareAgents  = 10
	rareAgentAt = 90_000_000 // their numbers begin here
)

func (m maker) uuid() string {
	a, b := m.rnd.Uint64(), m.rnd.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a>>32), uint16(a>>16), uint16(a)&0xfff, 0x8000|uint16(b>>48)&0x3fff, b&0xffffffffffff)
}

func (m maker) statement(b []byte) []byte {
	actor := m.rnd.IntN(m.crowds.actors)
	if m.rnd.IntN(scattered) == 0 {
		actor = rareAgentAt + m.rnd.IntN(rareAgents)
	}
	activity, position := m.rnd.IntN(m.crowds.activities), float64(m.rnd.IntN(300_000))/1000
	return fmt.Appendf(b, `{"id":%q,"actor":%s,"verb":{"id":%q,"display":{"en":"paused","de":"pausierte"}},`+
		`"object":{"objectType":"Activity","id":%q,"definition":{"type":"https://w3id.org/xapi/video/activity-type/video","name":{"en":"Open data for clerks","de":"Offene Daten"}}},`+
		`"result":{"duration":"PT%.2fS","extensions":{"https://w3id.org/xapi/video/extensions/time":%.3f,"https://w3id.org/xapi/video/extensions/played-segments":"0[.]12.5[,]30[.]45.2"}},`+
		`"context":{"registration":%q,"instructor":%s,"contextActivities":{"parent":[{"id":%q}],"grouping":[{"id":"%s/xapi/programmes/digital-city-expert-%d"}],"category":[{"id":"https://w3id.org/xapi/video"}]},`+
		`"extensions":{"https://w3id.org/xapi/video/extensions/length":300.5,"https://w3id.org/xapi/video/extensions/session-id":%q}},`+
		`"timestamp":%q,"version":"2.0.0"}`,
		m.uuid(), actorJSON(actor), m.verb(), activityID(activity), position, position, m.registration(actor, activity), instructorJSON(m.rnd.IntN(instructors)),
		courseID(activity%courses), home, activity%3, m.uuid(), m.now().UTC().Format("2006-01-02T15:04:05.000Z"))
}

// registration is the same for one actor and one course.
func (m maker) registration(actor, activity int) string {
	return fmt.Sprintf("%08x-%04x-4000-8000-000000000000", actor, activity%courses)
}

func (m maker) batch(b []byte, n int) []byte {
	if n == 1 {
		return m.statement(b)
	}
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = m.statement(b)
	}
	return append(b, ']')
}
