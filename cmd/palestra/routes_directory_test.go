package main

import "encoding/json"

// expert is an entry that lacks nothing.
const expert = `{"about":"I run the gauges.","ask":"How to begin","language":"en","languages":["en"],"topics":["environment"],"competences":[],"labels":[]}`

// listed gives the square an entry of grace's, {entry}, that of the stranger, {theirEntry}, and a question {asked} of hers to grace.
func (s *square) listed(grace, foreign *visitor) {
	s.t.Helper()
	s.ids["entry"] = text(grace.ask("PUT", "/api/v1/own-directory/expert", json.RawMessage(expert)), "id")
	s.ids["theirEntry"] = text(foreign.ask("PUT", "/api/v1/own-directory/expert", json.RawMessage(expert)), "id")
	s.ids["asked"] = text(foreign.ask("POST", "/api/v1/directory/"+s.ids["entry"]+"/questions", object{"words": "Which gauge?"}), "id")
}

//	nobody stranger learner author facilitator hr administrator operator

func directoryRoutes() []route {
	return []route{
		{"GET /api/v1/directory?q=gauge&kind=expert&topic=environment", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/directory/{entry}", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/directory/{=none}", "", "401 404 404 404 404 404 404 403"},
		{"GET /api/v1/directory/{entry}/questions", "", "401 200 200 200 200 200 200 403"},
		{"POST /api/v1/directory/{entry}/questions", `{"words":"Which one?"}`, "401 201 201 409 201 201 201 403"},
		{"POST /api/v1/directory/{entry}/questions/{asked}/messages", `{"words":"The blue one"}`, "401 200 404 200 404 404 404 403"},
		{"GET /api/v1/own-directory/{=expert}", "", "401 200 404 200 404 404 404 403"},
		{"PUT /api/v1/own-directory/{=organisation}", expert, "401 200 403 403 403 403 200 403"},
		{"PUT /api/v1/own-directory/{=expert}", `{"about":"","language":"en","languages":[],"topics":[],"competences":[],"labels":[]}`, "401 422 422 422 422 422 422 403"},
		{"DELETE /api/v1/own-directory/{=organisation}", "", "401 204 403 403 403 403 204 403"},
		{"GET /api/v1/challenges/{problem}/experts", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/directory-form", "", "200"},
		{"POST /api/v1/directory-wishes", `{"stamp":"1.x","email":"a@b.example","locale":"en","content":` + expert + `}`, "422"},
		{"POST /api/v1/directory-links", `{"stamp":"1.x","email":"a@b.example"}`, "422"},
		{"POST /api/v1/directory-links/{=nothing}", "", "410"},
		{"PUT /api/v1/directory-keys/{=nothing}", expert, "410"},
		{"DELETE /api/v1/directory-keys/{=nothing}", "", "410"},
		{"GET /api/v1/operator-directory", "", "401 403 403 403 403 403 403 200"},
		{"PUT /api/v1/operator-directory/{entry}", `{"edition":0,"list":true}`, "401 403 403 403 403 403 403 404"},
	}
}
