package browse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/lrs"
	"palestra/lrs/lrstest"
	"palestra/lrs/xapi"
	"palestra/people"
)

// office is a people room and a course room that know what they are told.
type office struct {
	members map[string]people.Member // by organisation and id
	courses map[string]bool          // organisation/course
	traces  map[string]course.Trace  // by statement
	notes   []string
}

func (o *office) MemberOf(_ context.Context, org, id string) (people.Member, error) {
	if m, ok := o.members[org+"/"+id]; ok {
		return m, nil
	}
	return people.Member{}, fault.New(fault.NotFound, "people.member_not_found", "no member")
}

func (o *office) MemberByAccount(_ context.Context, org, account string) (people.Member, error) {
	for key, m := range o.members {
		if strings.HasPrefix(key, org+"/") && m.Account == account {
			return m, nil
		}
	}
	return people.Member{}, fault.New(fault.NotFound, "people.member_not_found", "no member")
}

func (o *office) Named(_ context.Context, org, text string, _ int) ([]people.Member, error) {
	var found []people.Member
	for key, m := range o.members {
		if strings.HasPrefix(key, org+"/") && strings.Contains(strings.ToLower(m.Name+" "+m.Email), strings.ToLower(text)) {
			found = append(found, m)
		}
	}
	return found, nil
}

func (o *office) Organisation(_ context.Context, org string) (people.Organisation, error) {
	var p people.Organisation
	if p.ID = org; org != "acme" && org != "blue" {
		return p, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation")
	}
	return p, nil
}

func (o *office) Note(_ context.Context, org string, by people.Actor, action, _, _ string) error {
	o.notes = append(o.notes, org+" "+by.Person+" "+action)
	return nil
}

func (o *office) OfferedIn(_ context.Context, org, _ string, _ int) ([]course.Entry, string, error) {
	return []course.Entry{{Notice: course.Notice{Owner: org, Title: course.Text{"en": "Of " + org}}}}, "", nil
}

func (o *office) Owns(_ context.Context, org, id string) error {
	if o.courses[org+"/"+id] {
		return nil
	}
	return fault.New(fault.NotFound, "course.not_found", "no course")
}

func (o *office) Trace(_ context.Context, _ string, st course.Observed, _ string) (course.Trace, error) {
	return o.traces[st.ID], nil
}

// square is a record store of two towns and who looks into it.
type square struct {
	*Service
	office *office
	lrs    *lrs.Service
	out    lrs.Credential // another system's, in acme
	asAda  lrs.Credential
	hedy, grace, ada, anna, olga, helga,
	nobody people.Actor
}

const registration = "3a1f9f7e-5d0b-4c3e-9a55-1d9b1b0c2a77"

// imported is a statement that came in a file.
const imported = "7ccd3322-e1a5-411a-a67d-6a735c76f119"

func newSquare(t *testing.T) *square {
	t.Helper()
	q := &square{lrs: lrstest.Open(t), office: &office{members: map[string]people.Member{}, courses: map[string]bool{"acme/open-data": true, "acme/other": true}, traces: map[string]course.Trace{}}}
	member := func(org, who, account, name string) {
		m := people.Member{Account: account, Name: name, Email: who + "@" + org + ".example", Active: true}
		m.ID = who
		q.office.members[org+"/"+who] = m
	}
	member("acme", "ada", "u-ada", "Ada Conti")
	member("acme", "bea", "u-bea", "Bea Conti")
	member("blue", "zoe", "u-zoe", "Zoe Conti")
	var err error
	q.Service, err = New(Config{Records: q.lrs, Courses: q.office, People: q.office, PublicURL: lrstest.Home, Origin: func(_ context.Context, _, id string) (*Origin, error) {
		if id != imported {
			return nil, nil
		}
		return &Origin{From: "few.ndjson", Import: true, Said: "Region"}, nil
	}, Observe: func(s lrs.Stored) course.Observed {
		return course.Observed{ID: s.ID, Number: s.Number, OfPlatform: s.Platform, Account: s.Account, Enrolment: s.Registration}
	}})
	must(t, err)
	q.out, _, err = q.lrs.CreateCredential(t.Context(), lrs.NewCredential{Organisation: "acme", Name: "Academy", Scopes: []lrs.Scope{lrs.Everything}})
	must(t, err)
	header, _, err := q.lrs.IssueBrowser("acme", "u-ada", registration, xapi.Course(lrstest.Home, "open-data"), time.Hour)
	must(t, err)
	q.asAda, err = q.lrs.Authenticate(t.Context(), header)
	must(t, err)
	actor := func(org string, roles ...people.Role) people.Actor {
		return people.Actor{Person: fmt.Sprint(org, roles), Organisation: org, Roles: roles}
	}
	q.hedy, q.grace, q.ada, q.anna = actor("acme", people.HR), actor("acme", people.Author), actor("acme", people.Learner, people.Facilitator), actor("acme", people.Administrator)
	q.helga = actor("blue", people.HR, people.Author)
	q.olga = people.Actor{Person: "olga", Operator: true}
	return q
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (q *square) put(t *testing.T, by lrs.Credential, statements ...string) []string {
	t.Helper()
	list := make([]json.RawMessage, 0, len(statements))
	for _, s := range statements {
		list = append(list, json.RawMessage(s))
	}
	ids, err := q.lrs.Put(t.Context(), "acme", by, xapi.V2, list)
	must(t, err)
	return ids
}

// watched is what a learner's browser says.
func watched(account, lesson string) string {
	return fmt.Sprintf(`{"id":%q,"actor":{"objectType":"Agent","account":{"homePage":%q,"name":%q}},"verb":{"id":%q,"display":{"en":"paused","de":"pausierte"}},
		"object":{"id":%q,"definition":{"type":%q,"name":{"en":"What may be published","de":"Was veröffentlicht werden darf"}}},
		"result":{"extensions":{%q:12.5,%q:"0[.]10[,]5[.]12.5",%q:0.25}},
		"context":{"registration":%q,"contextActivities":{"parent":[{"id":%q}]},"extensions":{%q:50}}}`,
		id.Random(), lrstest.Home, account, xapi.VerbPaused, xapi.Lesson(lrstest.Home, "open-data", lesson), xapi.TypeVideo,
		xapi.ExtTime, xapi.ExtPlayedSegments, xapi.ExtProgress, registration, xapi.Course(lrstest.Home, "open-data"), xapi.ExtLength)
}

// foreign is what another system says: who did what to which activity, around others.
func foreign(actor, verb, activity string, around ...string) string {
	ctx := ""
	if len(around) > 0 {
		var list []string
		for _, a := range around {
			list = append(list, fmt.Sprintf(`{"id":%q}`, a))
		}
		ctx = `,"context":{"contextActivities":{"grouping":[` + strings.Join(list, ",") + `]}}`
	}
	return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"http://verbs.example/%s"},"object":{"id":%q}%s}`, id.Random(), actor, verb, activity, ctx)
}

func (q *square) search(t *testing.T, by people.Actor, f Filter) []string {
	t.Helper()
	found, err := q.Search(t.Context(), by, f, 0, 50)
	must(t, err)
	list := []string{}
	for _, l := range found.Lines {
		list = append(list, l.ID)
	}
	return list
}

const mbox = `{"mbox":"mailto:ben@other.example","name":"Ben Other"}`

func TestWhoMayLook(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	own := xapi.Course(lrstest.Home, "open-data")
	st := q.put(t, q.out, foreign(mbox, "did", own))[0]
	for _, tc := range []struct {
		name   string
		by     people.Actor
		filter Filter
		want   string // code of the fault, "" for none
	}{
		{"nobody", q.nobody, Filter{}, "people.unsigned"},
		{"a learner", q.ada, Filter{}, "people.forbidden"},
		{"a learner, own town named", q.ada, Filter{Organisation: "acme"}, "people.forbidden"},
		{"an administrator", q.anna, Filter{}, "people.forbidden"},
		{"HR", q.hedy, Filter{}, ""},
		{"HR, own town named", q.hedy, Filter{Organisation: "acme"}, ""},
		{"HR, another town", q.hedy, Filter{Organisation: "blue"}, "people.organisation_not_found"},
		{"HR of another town", q.helga, Filter{Organisation: "acme"}, "people.organisation_not_found"},
		{"an operator who says no town", q.olga, Filter{}, "course.browse_town"},
		{"an operator", q.olga, Filter{Organisation: "acme"}, ""},
		{"an operator, no such town", q.olga, Filter{Organisation: "none"}, "people.organisation_not_found"},
		{"an author without a course", q.grace, Filter{}, "course.browse_course"},
		{"an author", q.grace, Filter{Course: "open-data"}, ""},
		{"an author, another town's course", q.grace, Filter{Course: "theirs"}, "course.not_found"},
		{"an author, a path for a course", q.grace, Filter{Course: "open-data/lessons/l"}, "course.not_found"},
		{"an author, another town", q.grace, Filter{Organisation: "blue", Course: "open-data"}, "people.organisation_not_found"},
		{"an author who asks for a person", q.grace, Filter{Course: "open-data", Person: "ada"}, "people.forbidden"},
		{"a verb that is no address", q.hedy, Filter{Verb: "paused"}, "course.browse_address"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := q.Search(t.Context(), tc.by, tc.filter, 0, 50)
			_, err2 := q.Statement(t.Context(), tc.by, tc.filter, st)
			tail, err3 := q.Follow(t.Context(), tc.by, tc.filter, 0)
			if err3 == nil {
				tail.Close()
			}
			_, err4 := q.Data(t.Context(), tc.by, tc.filter, st, "00")
			if tc.want == "" {
				if err != nil || err3 != nil || err2 != nil {
					t.Errorf("got %v, %v, %v", err, err2, err3)
				}
				return
			}
			for i, err := range []error{err, err3, err2, err4} {
				if i > 1 && (tc.filter.Person != "" || tc.filter.Verb != "") {
					continue // not looked at for one statement
				}
				if !fault.Is(err, tc.want) {
					t.Errorf("%d: got %v, want %s", i, err, tc.want)
				}
			}
		})
	}
	if got, want := q.office.notes, []string{"acme olga statements.searched"}; !cmp.Equal(got, want) {
		t.Errorf("noted %v, want %v", got, want)
	}
}

// An author sees what is about her course or has it in its context, by whatever parameters she asks.
func TestAuthorsStayInTheirCourse(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	home := lrstest.Home
	own, other := xapi.Course(home, "open-data"), xapi.Course(home, "other")
	about := q.put(t, q.out, foreign(mbox, "did", own))[0]
	within := q.put(t, q.asAda, watched("u-ada", "l1"))[0]
	second := q.put(t, q.out, foreign(mbox, "did", other))[0]
	beside := q.put(t, q.out, foreign(mbox, "did", "http://activities.example/x"))[0]
	// It refers to one of hers, and is about something else.
	refers := q.put(t, q.out, fmt.Sprintf(`{"actor":%s,"verb":{"id":"http://verbs.example/said"},"object":{"objectType":"StatementRef","id":%q}}`, mbox, about))[0]
	if got, want := q.search(t, q.grace, Filter{Course: "open-data"}), []string{within, about}; !cmp.Equal(got, want) {
		t.Errorf("her course: got %v, want %v", got, want)
	}
	for name, f := range map[string]Filter{
		"another activity":            {Course: "open-data", Activity: other},
		"another activity, with verb": {Course: "open-data", Activity: "http://activities.example/x", Verb: "http://verbs.example/did"},
	} {
		if got := q.search(t, q.grace, f); len(got) > 0 {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got, want := q.search(t, q.grace, Filter{Course: "open-data", Verb: "http://verbs.example/did"}), []string{about}; !cmp.Equal(got, want) {
		t.Errorf("by verb: got %v, want %v", got, want)
	}
	for name, st := range map[string]string{"another course's": second, "of no course": beside, "one that refers to hers": refers} {
		if _, err := q.Statement(t.Context(), q.grace, Filter{Course: "open-data"}, st); !fault.Is(err, "lrs.not_found") {
			t.Errorf("%s: got %v, want lrs.not_found", name, err)
		}
	}
	var heard hearing
	tail, err := q.Follow(t.Context(), q.grace, Filter{Course: "open-data"}, 1)
	must(t, err)
	defer tail.Close()
	must(t, tail.look(t.Context(), &heard))
	if want := []string{within}; !cmp.Equal(heard.lines, want) {
		t.Errorf("the tail: got %v, want %v", heard.lines, want)
	}
}

// hearing notes what a tail tells.
type hearing struct {
	lines  []string
	seen   int64
	missed int64
	full   error
}

func (h *hearing) Line(l Line) error           { h.lines = append(h.lines, l.ID); return h.full }
func (h *hearing) Seen(n int64) error          { h.seen = n; return h.full }
func (h *hearing) Missed(count, _ int64) error { h.missed = count; return h.full }
func (h *hearing) Beat() error                 { return h.full }

// Nothing that an author is told says who it was.
func TestAuthorsAreToldNoNames(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	home, f := lrstest.Home, Filter{Course: "open-data"}
	own := xapi.Course(home, "open-data")
	hers := q.put(t, q.asAda, watched("u-ada", "l1"))[0]
	theirs := q.put(t, q.out, fmt.Sprintf(`{"id":%q,"actor":{"objectType":"Group","name":"Ben's team","member":[{"mbox":"mailto:ben@other.example","name":"Ben Other"},{"account":{"homePage":%q,"name":"u-ben"}}]},
		"verb":{"id":"http://verbs.example/did"},"object":{"id":%q,"definition":{"name":{"en":"Open data"}}},
		"result":{"score":{"raw":1.10,"max":20},"extensions":{"http://x.example/who":"Ben Other"}},
		"context":{"instructor":{"openid":"http://ben.example/"},"platform":"Ben's machine","extensions":{"http://x.example/n":{"name":"Ben"}}}}`, id.Random(), home, own))[0]
	for _, st := range []string{hers, theirs} {
		one, err := q.Statement(t.Context(), q.grace, f, st)
		must(t, err)
		all := fmt.Sprintf("%+v", one)
		for _, secret := range []string{"Ada", "Conti", "Ben", "ben@", "ben.example", "u-ben"} {
			if strings.Contains(all, secret) {
				t.Errorf("an author reads %q in %s", secret, all)
			}
		}
		if !json.Valid([]byte(one.JSON)) {
			t.Errorf("no JSON: %s", one.JSON)
		}
	}
	one, err := q.Statement(t.Context(), q.grace, f, theirs)
	must(t, err)
	if !one.Trimmed || !strings.Contains(one.JSON, `"raw": 1.10`) || !strings.Contains(one.JSON, `"Open data"`) {
		t.Errorf("trimmed %v: %s", one.Trimmed, one.JSON)
	}
	one, err = q.Statement(t.Context(), q.grace, f, hers)
	must(t, err)
	if one.Who.Kind != WhoLearner || one.Who.Code == "" || one.Trimmed {
		t.Errorf("got %+v, trimmed %v", one.Who, one.Trimmed)
	}
	one, err = q.Statement(t.Context(), q.hedy, Filter{}, hers)
	must(t, err)
	if one.Who.Name != "Ada Conti" || one.Who.Person != "ada" {
		t.Errorf("HR reads %+v", one.Who)
	}
}

func TestSearchByWords(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	ada := q.put(t, q.asAda, watched("u-ada", "l1"))[0]
	bea := q.put(t, q.out, foreign(fmt.Sprintf(`{"account":{"homePage":%q,"name":"u-bea"}}`, lrstest.Home), "did", "http://activities.example/x"))[0]
	zoe := q.put(t, q.out, foreign(fmt.Sprintf(`{"account":{"homePage":%q,"name":"u-zoe"}}`, lrstest.Home), "did", "http://activities.example/x"))[0]
	for words, want := range map[string][]string{"ada": {ada}, "Bea C": {bea}, "bea@acme.example": {bea}, "": {zoe, bea, ada}} {
		if got := q.search(t, q.hedy, Filter{Person: words}); !cmp.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", words, got, want)
		}
	}
	found, err := q.Search(t.Context(), q.hedy, Filter{Person: "conti"}, 0, 50)
	must(t, err)
	if len(found.Lines) > 0 || len(found.Who) != 2 {
		t.Errorf("two people: got %+v", found)
	}
	for _, words := range []string{"zoe", "nobody"} { // Zoe is of another town
		found, err = q.Search(t.Context(), q.hedy, Filter{Person: words}, 0, 50)
		must(t, err)
		if found.Who == nil || len(found.Who) > 0 || len(found.Lines) > 0 {
			t.Errorf("%q: got %+v", words, found)
		}
	}
}

// What is read of a statement, in the reader's language.
func TestLines(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	_, err := q.lrs.Record(t.Context(), "acme", xapi.New("", xapi.ByAccount(lrstest.Home, "platform"), "http://id.tincanapi.com/verb/published",
		xapi.Activity(xapi.Course(lrstest.Home, "open-data")).Described(xapi.TypeCourse, map[string]string{"en": "Open data", "de": "Offene Daten"}), "", time.Now()))
	must(t, err)
	q.put(t, q.asAda, watched("u-ada", "l1"))
	long := strings.Repeat("x", 100_000)
	q.put(t, q.out, fmt.Sprintf(`{"actor":%s,"verb":{"id":"http://verbs.example/did","display":{"und":"<b>did</b>"}},"object":{"id":"http://activities.example/x","definition":{"name":{"fi":%q}}},
		"result":{"score":{"raw":1e300},"duration":"P99999999999999999999Y","response":%q}}`, mbox, long, long))
	found, err := q.Search(t.Context(), q.hedy, Filter{Language: "de"}, 0, 50)
	must(t, err)
	if len(found.Lines) != 3 {
		t.Fatalf("got %d lines", len(found.Lines))
	}
	strange, paused, published := found.Lines[0], found.Lines[1], found.Lines[2]
	if n := len([]rune(strange.What.Name.Text)); n != longest || strange.VerbName != (Words{Text: "<b>did</b>"}) || strange.By != ByOther || strange.Who.Name != "Ben Other" {
		t.Errorf("a strange one: %d characters, %+v", n, strange)
	}
	if p := paused.Result; p.Played == nil || *p.Played != 12.5 || p.Length == nil || *p.Length != 50 || p.Progress == nil || *p.Progress != 0.25 {
		t.Errorf("the result: %+v", p)
	}
	want := What{Kind: WhatVideo, ID: xapi.Lesson(lrstest.Home, "open-data", "l1"), Course: "open-data", Lesson: "l1", Name: Words{"Was veröffentlicht werden darf", "de"}, Within: Words{"Offene Daten", "de"}}
	if diff := cmp.Diff(want, paused.What); diff != "" || paused.By != ByLearner || paused.VerbName.Text != "pausierte" {
		t.Errorf("what: %s, %s, %+v", diff, paused.By, paused.VerbName)
	}
	if published.Who.Kind != WhoPlatform || published.By != ByPlatform || published.What.Name.Text != "Offene Daten" {
		t.Errorf("published: %+v", published)
	}
}

// A page goes on below a number; voided statements stay in sight.
func TestPagesAndVoided(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	var all []string
	for i := range 7 {
		all = append(all, q.put(t, q.out, foreign(mbox, "did", fmt.Sprint("http://activities.example/", i)))...)
	}
	voiding := q.put(t, q.out, fmt.Sprintf(`{"actor":%s,"verb":{"id":%q},"object":{"objectType":"StatementRef","id":%q}}`, mbox, xapi.VerbVoided, all[2]))[0]
	var got []string
	for below := int64(0); ; {
		found, err := q.Search(t.Context(), q.hedy, Filter{}, below, 3)
		must(t, err)
		for _, l := range found.Lines {
			got = append([]string{l.ID}, got...)
			if l.Voided != (l.ID == all[2]) || l.Voids != (l.ID == voiding) {
				t.Errorf("%s: voided %v, voids %v", l.ID, l.Voided, l.Voids)
			}
		}
		if below = found.Next; below == 0 {
			break
		}
	}
	if want := append(all, voiding); !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	one, err := q.Statement(t.Context(), q.hedy, Filter{}, all[2])
	must(t, err)
	if !one.Voided || one.VoidedBy != voiding || one.Why != WhyAuthority || one.Authority != "Academy" {
		t.Errorf("got %+v", one)
	}
	if one, err = q.Statement(t.Context(), q.hedy, Filter{}, voiding); err != nil || one.Why != WhyVoids || one.Refers != all[2] {
		t.Errorf("got %+v, %v", one, err)
	}
}

func TestAttachmentsOfStatements(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	data := []byte("<script>alert(1)</script>")
	sha := sum([]byte("another"))
	st := fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"http://verbs.example/did"},"object":{"id":%q},"attachments":[{"usageType":"http://usage.example/x","display":{"en":"Proof"},"contentType":"text/html","length":%d,"sha2":%q}]}`,
		id.Random(), mbox, xapi.Course(lrstest.Home, "open-data"), len(data), sum(data))
	ids, err := q.lrs.PutWith(t.Context(), "acme", q.out, xapi.V2, "", []json.RawMessage{json.RawMessage(st)}, []lrs.Attachment{{SHA2: sum(data), ContentType: "text/html", Data: data}})
	must(t, err)
	one, err := q.Statement(t.Context(), q.hedy, Filter{}, ids[0])
	must(t, err)
	if len(one.Attachments) != 1 || !one.Attachments[0].Here || one.Attachments[0].Name.Text != "Proof" {
		t.Fatalf("got %+v", one.Attachments)
	}
	got, err := q.Data(t.Context(), q.hedy, Filter{}, ids[0], sum(data))
	if err != nil || string(got) != string(data) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := q.Data(t.Context(), q.hedy, Filter{}, ids[0], sha); !fault.Is(err, "course.attachment_not_found") {
		t.Errorf("another hash: %v", err)
	}
	if _, err := q.Data(t.Context(), q.helga, Filter{}, ids[0], sum(data)); !fault.Is(err, "lrs.not_found") {
		t.Errorf("another town: %v", err)
	}
	if _, err := q.Data(t.Context(), q.grace, Filter{Course: "open-data"}, ids[0], sum(data)); !fault.Is(err, "people.forbidden") {
		t.Errorf("an author: %v", err)
	}
}

func TestTails(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	q.put(t, q.out, foreign(mbox, "did", "http://activities.example/before"))
	tail, err := q.Follow(t.Context(), q.hedy, Filter{Verb: "http://verbs.example/did"}, 0)
	must(t, err)
	var h hearing
	new1 := q.put(t, q.out, foreign(mbox, "did", "http://activities.example/x"))[0]
	q.put(t, q.out, foreign(mbox, "left", "http://activities.example/x"))
	must(t, tail.look(t.Context(), &h))
	if want := []string{new1}; !cmp.Equal(h.lines, want) || h.seen != 3 {
		t.Errorf("got %v, seen %d", h.lines, h.seen)
	}
	// Whoever comes back goes on behind the last number that she has seen.
	again, err := q.Follow(t.Context(), q.hedy, Filter{}, 1)
	must(t, err)
	h = hearing{}
	must(t, again.look(t.Context(), &h))
	if len(h.lines) != 2 || h.lines[0] != new1 {
		t.Errorf("again: %v", h.lines)
	}
	// Who has gone ends the tail.
	gone := errors.New("gone")
	if err := again.Run(t.Context(), &hearing{full: gone}, time.Minute); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	again.Close()
	// Nobody follows without end.
	for range tailsOfOne - 1 {
		one, err := q.Follow(t.Context(), q.hedy, Filter{}, 0)
		must(t, err)
		defer one.Close()
	}
	if _, err := q.Follow(t.Context(), q.hedy, Filter{}, 0); !fault.Is(err, "course.browse_many") {
		t.Errorf("got %v, want course.browse_many", err)
	}
	tail.Close()
	last, err := q.Follow(t.Context(), q.hedy, Filter{}, 0)
	must(t, err)
	last.Close()
}

// Who is too far behind misses some, and is told how many.
func TestTailThatIsBehind(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	for range (tailBehind + 2*tailKeeps) / 500 {
		list := make([]string, 0, 500)
		for range 500 {
			list = append(list, foreign(mbox, "did", "http://activities.example/x"))
		}
		q.put(t, q.out, list...)
	}
	q.put(t, q.out, foreign(mbox, "did", "http://activities.example/x"), foreign(mbox, "did", "http://activities.example/x"))
	tail, err := q.Follow(t.Context(), q.hedy, Filter{}, 1)
	must(t, err)
	defer tail.Close()
	head, err := q.lrs.Head(t.Context(), "acme")
	must(t, err)
	var h hearing
	must(t, tail.look(t.Context(), &h))
	if h.missed != head-1-tailKeeps || len(h.lines) != tailKeeps {
		t.Errorf("missed %d of %d, heard %d", h.missed, head, len(h.lines))
	}
}

func TestConsequences(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	first, second := q.put(t, q.asAda, watched("u-ada", "l1"))[0], q.put(t, q.asAda, watched("u-ada", "l1"))[0]
	c := &course.Completion{Ledger: 7, Certificate: "secret", Person: "ada", At: time.Now()}
	c.ID = "c1"
	q.office.traces[first] = course.Trace{Why: course.WhyNotPaid, Later: second, Course: "open-data", Person: "ada", Completion: c}
	q.office.traces[second] = course.Trace{Evidence: true, Cited: true, Course: "open-data", Person: "ada", Completion: c}
	one, err := q.Statement(t.Context(), q.hedy, Filter{}, first)
	must(t, err)
	if one.Why != course.WhyLater || one.Trace.Later != second || one.Trace.Completion.Ledger != 7 {
		t.Errorf("the first: %+v", one)
	}
	one, err = q.Statement(t.Context(), q.hedy, Filter{}, second)
	must(t, err)
	if one.Why != "" || !one.Trace.Evidence || !one.Trace.Cited {
		t.Errorf("the second: %+v", one)
	}
	one, err = q.Statement(t.Context(), q.grace, Filter{Course: "open-data"}, second)
	must(t, err)
	if one.Trace.Completion == nil || one.Trace.Completion.ID != "" || one.Trace.Completion.Ledger != 0 || one.Trace.Person != "" {
		t.Errorf("an author learns whose record it is: %+v", one.Trace)
	}
	// One that came later and brought nothing new is not called older than the one before it.
	q.office.traces[second] = course.Trace{Why: course.WhyNotPaid, Later: first, Course: "open-data"}
	if one, err = q.Statement(t.Context(), q.hedy, Filter{}, second); err != nil || one.Why != course.WhyNotPaid || one.Trace.Later != "" {
		t.Errorf("got %+v, %v", one, err)
	}
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// Whatever is read of a hostile statement is JSON again, and no agent's address is in it.
func FuzzAnonymous(f *testing.F) {
	f.Add(`{"actor":{"mbox":"mailto:a@b.example","name":"n"},"verb":{"id":"x:y"},"object":{"id":"x:z","definition":{"name":{"en":"n"}}}}`)
	f.Add(`{"a":[{"name":"n"},[{"account":{"homePage":"h","name":"n"}}]],"extensions":{"x:y":[]}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		if !json.Valid([]byte(raw)) {
			t.Skip("the record store holds JSON only")
		}
		got, _ := anonymous(json.RawMessage(raw), "https://home.example")
		if !json.Valid(got) {
			t.Errorf("%s became %s", raw, got)
		}
		if strings.Contains(string(got), `"mbox":`) {
			t.Errorf("%s keeps an address: %s", raw, got)
		}
	})
}
