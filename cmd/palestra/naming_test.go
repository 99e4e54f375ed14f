package main

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestNewName lets people be in every room and then change their names, and looks at every document: whoever is called
// otherwise is called so everywhere, by what the running program does by itself, and a namesake is not touched.
func TestNewName(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	a, i := serveAt(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	olga := i.operator(t)
	anna, foreign := i.town(t, olga, "castelverde", nil)["anna"], i.town(t, olga, "montalto", nil)["anna"]
	come := func(admin *visitor, name, email string, roles ...string) *visitor {
		admin.ask("POST", "/api/v1/invitations", object{"name": name, "email": email, "roles": roles})
		return i.accept(t, olga, email, name)
	}
	quill := come(anna, "Quillfeather", "q@castelverde.example", "learner", "author", "facilitator")
	wimble := come(anna, "Wimblesnatch", "w@castelverde.example", "learner")
	hedy := come(anna, "Hedy", "h@castelverde.example", "hr")
	thistle := come(foreign, "Thistledown", "t@montalto.example", "learner", "author", "facilitator")
	namesake := come(foreign, "Quillfeather", "n@montalto.example", "learner", "author")
	id := func(v *visitor) string { return text(v.ask("GET", "/api/v1/session", nil), "person", "id") }

	s := &square{t: t, app: a, installation: i, who: map[string]*visitor{"stranger": thistle}, make: map[string]func() string{}, ids: map[string]string{
		"town": text(anna.ask("GET", "/api/v1/session", nil), "organisation", "id"), "ada": id(wimble), "day": time.Now().AddDate(0, 2, 0).Format(time.DateOnly)}}
	s.camp(quill, wimble)
	s.exchange(quill, thistle)
	s.board(quill, thistle)
	s.listed(quill, thistle)
	s.talk(quill, wimble)
	s.wiki(quill, wimble)
	s.posted(quill)
	course, _ := short(quill, "Two words")
	hedy.ask("POST", "/api/v1/hr/assignments", object{"course": course, "due": s.ids["day"], "people": []string{s.ids["ada"]}})
	thistle.ask("PUT", "/api/v1/practices/"+s.ids["practice"]+"/reviews/own", json.RawMessage(`{"marks":{"clear":4,"honest":4,"evidence":3,"transfer":3,"inclusive":2},"recommends":true,
		"words":"We went there and saw it; the figures are what the card says."}`))
	quill.ask("POST", "/api/v1/practices/"+s.ids["practice"]+"/questions/"+s.ids["question"]+"/messages", object{"words": "The region."})
	quill.ask("POST", "/api/v1/directory/"+s.ids["entry"]+"/questions/"+s.ids["asked"]+"/messages", object{"words": "The blue one."})
	thistle.ask("PUT", "/api/v1/challenges/"+s.ids["problem"]+"/sponsorship", object{"offer": "Gauges"})
	wimble.ask("PUT", "/api/v1/credits/"+s.ids["credit"], object{"answer": "agreed"})
	session := "/api/v1/bootcamps/" + s.ids["bootcamp"] + "/sessions/" + s.ids["meeting"]
	wimble.ask("POST", session+"/room/messages", object{"id": "a1", "kind": "said", "text": "Good morning", "lang": "en"})
	quill.ask("POST", session+"/attendance/"+s.ids["ada"]+"/marks", object{"state": "present", "minutes": 60, "reason": "She sat in the first row"})
	namesake.ask("PUT", "/api/v1/own-directory/expert", json.RawMessage(expert))
	namesake.ask("POST", "/api/v1/postings", object{"kind": "room", "title": "A cellar", "words": "For ten.", "language": "en", "link": "https://rooms.example", "until": s.ids["until"]})

	// Letters say what was written to their readers.
	named := func(words ...string) []string {
		return slices.DeleteFunc(where(everything(t, a), words...), func(c string) bool { return c == "letters" })
	}
	old, theirs := []string{"quillfeather", "wimblesnatch", "thistledown"}, id(namesake)
	for n, want := range map[string][]string{
		"quillfeather": {"challenges", "directory", "directoryQuestions", "invitations", "liveGuests", "members", "persons", "postings", "practiceCards", "practiceQuestions", "practices", "promotions", "talkVoices"},
		"wimblesnatch": {"assignments", "attendances", "cohortMembers", "liveGuests", "practiceCards", "practices", "promotions", "talkVoices", "wikiWriters"},
		"thistledown":  {"challenges", "directory", "directoryQuestions", "practiceCards", "practiceQuestions", "practiceReviews", "practices"},
	} {
		got := named(n)
		for _, c := range want {
			if !slices.Contains(got, c) {
				t.Errorf("%s is in %v: this test proves nothing of %s", n, got, c)
			}
		}
	}
	untouched := named("quillfeather", theirs)

	for n, v := range map[string]*visitor{"Ottoline": quill, "Peregrine": wimble, "Marigold": thistle} {
		v.ask("PATCH", "/api/v1/me", object{"name": n})
	}
	left := func() (list []string) {
		for _, n := range old {
			if n != "quillfeather" {
				list = append(list, named(n)...)
				continue
			}
			for _, k := range everything(t, a) {
				if k.collection != "letters" && strings.Contains(k.raw, n) && !strings.Contains(k.raw, theirs) && !strings.Contains(k.raw, "n@montalto.example") {
					list = append(list, k.collection)
				}
			}
		}
		return list
	}
	for deadline := time.Now().Add(20 * time.Second); len(left()) > 0 && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
	}
	if got := left(); len(got) > 0 {
		t.Errorf("the former names are left in %v", got)
	}
	if got := named("quillfeather", theirs); !slices.Equal(got, untouched) || len(got) < 4 {
		t.Errorf("the namesake's name is in %v, before it was in %v", got, untouched)
	}
	if found := list(olga.ask("GET", "/api/v1/letters", nil), "items"); len(found) == 0 {
		t.Error("no letters")
	}
	if found := list(quill.ask("GET", "/api/v1/directory?q=ottoline", nil), "items"); len(found) != 1 {
		t.Errorf("by her new name the directory finds %v", found)
	}
	if found := list(quill.ask("GET", "/api/v1/directory?q=quillfeather", nil), "items"); len(found) != 1 || text(found[0], "id") == s.ids["entry"] {
		t.Errorf("by her former name the directory finds %v", found)
	}

	// Once more when whatever was being written at that moment is written, and then never again.
	again, err := a.people.DueNames(t.Context(), a.now(), 10)
	if err != nil || len(again) > 0 {
		t.Errorf("due now: %v, %v", again, err)
	}
	before := everything(t, a)
	ahead.Store(int64(11 * time.Minute))
	for _, v := range []*visitor{quill, wimble, thistle} {
		if err := a.people.TellName(t.Context(), id(v)); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range everything(t, a) {
		if k.collection == "persons" && strings.Contains(k.raw, "naming") {
			t.Error("somebody's name is still being told")
		}
		if slices.Contains([]string{"practices", "practiceCards", "challenges", "cohortMembers", "postings", "assignments", "liveGuests"}, k.collection) && !slices.Contains(before, k) {
			t.Errorf("a document of %s that bore the name was written again", k.collection)
		}
	}
}
