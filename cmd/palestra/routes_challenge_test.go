package main

import "encoding/json"

// problem is a challenge that lacks nothing.
const problem = `{"languages":["en"],"title":{"en":"Cellars under water"},"affected":{"en":"400 households"},"problem":{"en":"The brook rises in forty minutes."},"constraints":[],
	"tried":[{"en":"A siren"}],"topics":["security"],"competences":["2.2"],"labels":[]}`

// board gives the square challenges: {problem} of grace's, {otherProblem} of the other town.
func (s *square) board(grace, foreign *visitor) {
	s.t.Helper()
	draft := func(by *visitor) string {
		return text(by.ask("POST", "/api/v1/challenges", json.RawMessage(`{"content":`+problem+`}`)), "id")
	}
	published := func(by *visitor) string {
		id := draft(by)
		by.ask("POST", "/api/v1/challenges/"+id+"/publish", nil)
		return id
	}
	s.ids["problem"], s.ids["otherProblem"] = published(grace), published(foreign)
	s.ids["unwritten"] = draft(grace)
}

//	nobody stranger learner author facilitator hr administrator operator

func challengeRoutes() []route {
	why := `{"solved":false,"reasons":["money"],"words":"The county pays for one system only, and chose another."}`
	return []route{
		{"GET /api/v1/challenges", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/challenges?q=cellar&topic=security&state=open&country=IT", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/own-challenges", "", "401 200 403 200 200 403 200 403"},
		{"POST /api/v1/challenges", `{"content":{"languages":["tlh"]}}`, "401 422 422 422 422 422 422 422"},
		{"POST /api/v1/challenges", `{"content":` + problem + `}`, "401 201 403 201 201 403 201 403"},
		{"GET /api/v1/challenges/{problem}", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/challenges/{unwritten}", "", "401 404 404 200 200 404 200 403"},
		{"PUT /api/v1/challenges/{unwritten}", problem, "401 404 404 200 200 404 200 403"},
		{"PUT /api/v1/challenges/{problem}", problem, "401 403 403 200 200 403 200 403"},
		{"GET /api/v1/challenges/{problem}/practices", "", "401 200 200 200 200 200 200 403"},
		{"PUT /api/v1/challenges/{problem}/sponsorship", `{"offer":"Gauges"}`, "401 200 403 409 409 403 409 403"},
		{"POST /api/v1/challenges/{problem}/notes", `{"words":"Hello"}`, "401 200 403 200 200 403 200 403"},
		{"DELETE /api/v1/challenges/{problem}/sponsorship", "", "401 200 403 200 200 403 200 403"},
		{"PUT /api/v1/challenges/{otherProblem}/sponsorship", `{"offer":""}`, "401 409 403 200 200 403 200 403"},
		{"PUT /api/v1/challenges/{otherProblem}/team", `{"bootcamp":"x","cohort":"y","name":"z","members":["a"]}`, "401 404 404 404 404 404 404 403"},
		{"DELETE /api/v1/challenges/{problem}/team", "", "401 409 409 409 409 409 409 403"},
		{"POST /api/v1/challenges/{problem}/reopen", "", "401 403 403 409 409 403 409 403"},
		{"POST /api/v1/challenges/{problem}/endings", why, "401 403 403 200 409 403 409 403"},
		{"POST /api/v1/challenges/{problem}/reopen", "", "401 403 403 200 409 403 409 403"},
		{"POST /api/v1/challenges/{problem}/publish", "", "401 403 403 409 409 403 409 403"},
		{"DELETE /api/v1/challenges/{problem}", "", "401 403 403 409 409 403 409 403"},
		{"POST /api/v1/challenges/{unwritten}/publish", "", "401 404 404 200 409 403 409 403"},
	}
}
