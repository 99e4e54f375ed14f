package main

// figured gives the square a visit and an output of its bootcamp.
func (s *square) figured(fay *visitor) {
	s.t.Helper()
	b := "/api/v1/bootcamps/" + s.ids["bootcamp"]
	s.make["visit"] = func() string {
		return text(fay.ask("POST", b+"/visits", object{"on": s.ids["past"], "mode": "presence", "topic": "services", "outcome": "solved", "minutes": 20}), "id")
	}
	s.make["output"] = func() string {
		return text(fay.ask("POST", b+"/outputs", object{"on": s.ids["past"], "kind": "document", "title": "A letter", "language": "en"}), "id")
	}
	s.ids["visit"], s.ids["output"] = s.make["visit"](), s.make["output"]()
}

//	nobody stranger learner author facilitator hr administrator operator

// Who has an office reads figures; facilitators and administrators of the host see who is behind them and enter what
// counts.
func figureRoutes() []route {
	visit := `{"on":"{past}","mode":"online","topic":"services","outcome":"partly","minutes":15}`
	return []route{
		{"GET /api/v1/figures", "", "401 200 403 200 200 200 200 403"},
		{"GET /api/v1/figures?asOf={past}", "", "401 200 403 200 200 200 200 403"},
		{"GET /api/v1/figures?asOf=yesterday", "", "401 422 403 422 422 422 422 403"},
		{"GET /api/v1/figures/records?what=presence", "", "401 200 403 403 200 403 200 403"},
		{"GET /api/v1/figures/records?what=output&by=kind&part=document", "", "401 200 403 200 200 200 200 403"},
		{"GET /api/v1/figures/export/{=xlsx}", "", "401 200 403 200 200 200 200 403"},
		{"GET /api/v1/figures/export/{=paper}", "", "404"},
		{"GET /api/v1/bootcamps/{bootcamp}/figures", "", "401 404 403 200 200 200 200 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/figures/records?what=visit&by=topic&part=services", "", "401 404 403 403 200 403 200 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/figures/export/{=csv}", "", "401 404 403 200 200 200 200 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/visits", "", "401 404 403 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/visits", visit, "401 404 403 403 201 403 201 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/visits", `{"on":"{past}","mode":"online","topic":"magic","outcome":"partly","minutes":15}`, "401 404 403 403 422 403 422 403"},
		{"PUT /api/v1/bootcamps/{bootcamp}/visits/{+visit}", visit, "401 404 403 403 200 403 200 403"},
		{"PUT /api/v1/bootcamps/{bootcamp}/visits/{=none}", visit, "401 404 404 404 404 404 404 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/visits/{+visit}/withdraw", `{"reason":"Noted twice"}`, "401 404 403 403 200 403 200 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/outputs", "", "401 404 200 200 200 200 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/outputs", `{"on":"{past}","kind":"practice","language":"en","practice":"{practice}"}`, "401 404 403 403 201 403 201 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/outputs", `{"on":"{past}","kind":"document","title":"x","language":"en","url":"javascript:alert(1)"}`, "401 404 403 403 422 403 422 403"},
		{"GET /api/v1/practices/{practice}/origins", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/outputs?cohort={cohort}", "", "401 404 200 200 200 200 200 403"},
		{"PUT /api/v1/bootcamps/{bootcamp}/outputs/{+output}", `{"on":"{past}","kind":"dataset","title":"Letters","language":"en"}`, "401 404 403 403 200 403 200 403"},
		{"PUT /api/v1/bootcamps/{bootcamp}/outputs/{=none}", `{"on":"{past}","kind":"dataset","title":"Letters","language":"en"}`, "401 404 404 404 404 404 404 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/outputs/{+output}/withdraw", `{"reason":"Noted twice"}`, "401 404 403 403 200 403 200 403"},
	}
}
