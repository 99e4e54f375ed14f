package main

import "time"

// posted gives the square two postings of grace's; one is withdrawn.
func (s *square) posted(grace *visitor) {
	s.t.Helper()
	s.ids["until"] = time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	put := func() string {
		return text(grace.ask("POST", "/api/v1/postings", object{"kind": "room", "title": "A hall", "words": "For forty.", "language": "en", "link": "https://rooms.example", "until": s.ids["until"]}), "id")
	}
	s.ids["posting"], s.ids["withdrawn"] = put(), put()
	grace.ask("POST", "/api/v1/postings/"+s.ids["withdrawn"]+"/withdrawal", object{"reason": "It rains in."})
}

//	nobody stranger learner author facilitator hr administrator operator

// What towns put up is read by everybody who is signed in, and changed by whoever holds an office of its town.
func postingRoutes() []route {
	const put = `{"kind":"job","title":"A post","words":"Half a week.","language":"en","link":"https://jobs.example","until":"{until}"}`
	return []route{
		{"GET /api/v1/postings?q=hall&kind=room&language=en&country=IT", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/own-postings", "", "401 200 403 200 200 403 200 403"},
		{"POST /api/v1/postings", put, "401 201 403 201 201 403 201 403"},
		{"POST /api/v1/postings", `{"kind":"event","title":"A post","words":"Half a week.","language":"en","link":"https://jobs.example","until":"{until}"}`, "401 422 403 422 422 403 422 403"},
		{"GET /api/v1/postings/{posting}", "", "401 200 200 200 200 200 200 200"},
		{"GET /api/v1/postings/{=none}", "", "401 404 404 404 404 404 404 404"},
		{"GET /api/v1/postings/{withdrawn}", "", "401 410 410 200 200 410 200 200"},
		{"PUT /api/v1/postings/{posting}", put, "401 403 403 412 412 403 412 403"},
		{"POST /api/v1/postings/{posting}/withdrawal", `{"reason":""}`, "401 403 403 422 422 403 422 422"},
		{"POST /api/v1/postings/{posting}/reports", `{"words":"It is wet."}`, "401 204 204 204 204 204 204 204"},
		{"POST /api/v1/postings/{posting}/reports", `{"words":""}`, "401 422 422 422 422 422 422 422"},
		{"GET /api/v1/operator-postings", "", "401 403 403 403 403 403 403 200"},
		{"POST /api/v1/operator-postings/{posting}/keep", "", "401 403 403 403 403 403 403 204"},
	}
}
