package main

import (
	"encoding/json"
	"strings"
)

// card is a practice that lacks nothing.
const card = `{"languages":["en"],"title":{"en":"A shared counter"},"summary":{"en":"Four offices in one."},"territory":{"name":"Castelverde","country":"IT","residents":4100},
	"objectives":[{"en":"Everybody is served"}],"conditions":[{"en":"The baker counts"}],"steps":[{"when":"2021-01/2021-02","what":{"en":"It opens"}}],"difficulties":[{"en":"Late computers"}],
	"resources":[{"what":{"en":"A lead"},"fte":1}],"evidence":{"en":"412 visits"},"transfer":{"en":"A room"},"costs":{"from":20000,"to":50000},"topics":["services"],"technologies":[],
	"personas":[],"competences":[],"labels":[],"lessons":[],"links":[],"licence":"CC-BY-4.0"}`

// exchange gives the square practices: {practice} of grace's, {theirs} of the other town, which castelverde has in hand.
func (s *square) exchange(grace, foreign *visitor) {
	s.t.Helper()
	draft := func(by *visitor) string {
		return text(by.ask("POST", "/api/v1/practices", json.RawMessage(`{"content":`+card+`}`)), "id")
	}
	published := func(by *visitor) string {
		id := draft(by)
		by.ask("POST", "/api/v1/practices/"+id+"/versions", object{})
		return id
	}
	s.ids["practice"], s.ids["theirs"] = published(grace), published(foreign)
	s.ids["openCard"] = s.ids["practice"] + ".jsonld"
	s.make["draft"] = func() string { return draft(grace) }
	s.make["practice"] = func() string { return published(grace) }
	s.make["theirs"] = func() string { return published(foreign) }
	id := s.ids["practice"]
	s.ids["cardFile"] = text(grace.ask("POST", "/api/v1/practices/"+id+"/files?name=visits.csv", []byte("month,visits\n")), "id")
	grace.ask("PUT", "/api/v1/practices/"+id+"/draft", json.RawMessage(strings.Replace(card, `"links":[]`, `"links":[],"files":[{"id":"`+s.ids["cardFile"]+`","kind":"dataset"}]`, 1)))
	grace.ask("POST", "/api/v1/practices/"+id+"/versions", object{})
	s.ids["draftFile"] = text(grace.ask("POST", "/api/v1/practices/"+id+"/files?name=visits.csv", []byte("month,visits\n")), "id")
	s.ids["question"] = text(foreign.ask("POST", "/api/v1/practices/"+s.ids["practice"]+"/questions", object{"words": "Who paid?"}), "id")
	grace.ask("POST", "/api/v1/practices/"+s.ids["theirs"]+"/adoption", object{})
	s.ids["inHand"] = text(foreign.ask("POST", "/api/v1/practices/"+s.ids["practice"]+"/adoption", object{}), "id")
	foreign.ask("PATCH", "/api/v1/practices/"+s.ids["practice"]+"/adoption", object{"changes": []object{{"section": "steps", "card": "", "here": "A notary comes", "offer": "offered"}}})
}

//	nobody stranger learner author facilitator hr administrator operator

func practiceRoutes() []route {
	review := `{"marks":{"clear":4,"honest":4,"evidence":3,"transfer":3,"inclusive":2},"recommends":true,"words":"We went there and saw it; the figures are what the card says."}`
	return []route{
		{"GET /api/v1/practices", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/practices?q=counter&topic=services&country=IT&band=2&sort=use", "", "401 200 200 200 200 200 200 403"},
		{"POST /api/v1/practices", `{"content":` + card + `}`, "401 201 403 201 201 403 201 403"},
		{"POST /api/v1/practices", `{"content":{"languages":["tlh"]}}`, "401 422 422 422 422 422 422 422"},
		{"GET /api/v1/own-practices", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/own-practices?town=true", "", "401 200 403 403 403 403 200 403"},
		{"GET /api/v1/practices/{practice}", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/practices/{+draft}", "", "401 404 404 404 404 404 404 403"},
		{"GET /api/v1/practices/{practice}/draft", "", "401 403 403 200 403 403 200 403"},
		{"GET /api/v1/practices/{+draft}/draft", "", "401 404 404 200 404 404 200 403"},
		{"PUT /api/v1/practices/{+draft}/draft", card, "401 404 404 200 404 404 200 403"},
		{"DELETE /api/v1/practices/{+draft}", "", "401 404 404 204 404 404 204 403"},
		{"DELETE /api/v1/practices/{practice}", "", "401 403 403 409 403 403 409 403"},
		{"POST /api/v1/practices/{+draft}/versions", `{}`, "401 404 404 201 404 404 201 403"},
		{"POST /api/v1/practices/{+practice}/withdraw", "", "401 403 403 200 403 403 200 403"},
		{"GET /api/v1/practices/{practice}/versions", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/practices/{practice}/differences?with={theirs}&language=en", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/practices/{practice}/differences?to=9", "", "401 404 404 404 404 404 404 403"},
		{"POST /api/v1/practices/{practice}/files?name=a.txt", "plan", "401 403 403 201 403 403 201 403"},
		{"POST /api/v1/practices/{+draft}/files?name=a.txt", "plan", "401 404 404 201 404 404 201 403"},
		{"POST /api/v1/practices/{practice}/files?name=a.svg", "plan", "401 403 403 415 403 403 415 403"},
		{"GET /api/v1/practices/{practice}/files/{cardFile}", "", "401 403 403 200 403 403 200 403"},
		{"GET /api/v1/practices/{theirs}/files/{cardFile}", "", "401 404 403 403 403 403 403 403"},
		{"GET /open/practices/{practice}/files/{cardFile}", "", "200"},
		{"GET /open/practices/{practice}/files/{draftFile}", "", "404"},
		{"GET /open/practices/{theirs}/files/{cardFile}", "", "404"},
		{"POST /api/v1/practices/{+draft}/authors", `{"email":"ada@castelverde.example"}`, "401 404 404 200 404 404 200 403"},
		{"POST /api/v1/practices/{+draft}/authors", `{"email":"nobody@nowhere.example"}`, "401 404 404 422 404 404 422 403"},
		{"DELETE /api/v1/practices/{+draft}/authors/{foreigner}", "", "401 404 404 200 404 404 200 403"},

		{"GET /api/v1/practices/{practice}/reviews", "", "401 200 200 200 200 200 200 403"},
		{"PUT /api/v1/practices/{practice}/reviews/own", review, "401 200 403 409 409 403 409 403"},
		{"PUT /api/v1/practices/{theirs}/reviews/own", review, "401 409 403 200 200 403 200 403"},
		{"PUT /api/v1/practices/{theirs}/reviews/own", `{"marks":{},"recommends":true,"words":"Good"}`, "401 409 403 422 422 403 422 403"},
		{"GET /api/v1/practices/{practice}/questions", "", "401 200 200 200 200 200 200 403"},
		{"POST /api/v1/practices/{practice}/questions", `{"words":"And the paper?"}`, "401 201 201 201 201 201 201 403"},
		{"POST /api/v1/practices/{practice}/questions/{question}/messages", `{"words":"The region."}`, "401 200 404 200 404 404 200 403"},

		{"GET /api/v1/practices/{practice}/adoptions?residents=4000", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/practices/{practice}/adoptions/{inHand}", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/practices/{theirs}/adoptions/{inHand}", "", "401 404 404 404 404 404 404 403"},
		{"PUT /api/v1/practices/{practice}/adoptions/{inHand}/offers/{=0}", `{"take":true}`, "401 403 403 200 403 403 200 403"},
		{"GET /api/v1/practices/{theirs}/adoption", "", "401 404 200 200 200 200 200 403"},
		{"POST /api/v1/practices/{practice}/adoption", `{}`, "401 409 403 409 409 403 409 403"},
		{"POST /api/v1/practices/{+theirs}/adoption", `{}`, "401 409 403 201 201 403 201 403"},
		{"PATCH /api/v1/practices/{theirs}/adoption", `{"summary":"Smaller"}`, "401 404 403 200 200 403 200 403"},
		{"POST /api/v1/practices/{theirs}/adoption/stages", `{"state":"dropped","on":"2026-01-01"}`, "401 422 403 422 422 403 422 403"},
		{"GET /open/practices.geojson", "", "200"},
		{"GET /open/practices.csv", "", "200"},
		{"GET /open/catalogue.jsonld", "", "200"},
		{"GET /open/practices/{openCard}", "", "200"},
		{"GET /open/practices/{=nothing.jsonld}", "", "404"},
		{"GET /api/v1/adoptions", "", "401 200 200 200 200 200 200 403"},
	}
}
