package main

// wiki gives the square a page of ada's in her cohort and one of her town's territory.
func (s *square) wiki(fay, ada *visitor) {
	s.t.Helper()
	s.ids["ground"] = "territory." + s.ids["town"]
	page := func(place, title string) string {
		return text(ada.ask("POST", "/api/v1/wikis/"+place+"/pages", object{"title": title, "language": "en", "words": "See [[The other]]."}), "id")
	}
	s.ids["wikiPage"], s.ids["groundPage"] = page(s.ids["place"], "Opening hours"), page(s.ids["ground"], "Opening hours")
	s.ids["wikiLocked"] = page(s.ids["place"], "Agreed upon")
	fay.ask("POST", "/api/v1/wikis/"+s.ids["place"]+"/pages/"+s.ids["wikiLocked"]+"/state", object{"do": "lock", "reason": "Agreed upon"})
}

//	nobody stranger learner author facilitator hr administrator operator

// The pages of a cohort in which ada is, and those of a town's territory, which everybody reads.
func wikiRoutes() []route {
	const at = "/api/v1/wikis/{place}"
	const open = "/api/v1/wikis/{ground}"
	write := `{"title":"New {n}","language":"en","words":"Here"}`
	stale := `{"title":"Other","language":"en","words":"There"}`
	return []route{
		{"GET /api/v1/territories", "", "401 200 200 200 200 200 200 403"},
		{"GET " + at, "", "401 404 200 403 200 403 200 403"},
		{"GET " + open, "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/wikis/{=nowhere}", "", "401 404 404 404 404 404 404 404"},
		{"GET /api/v1/wikis/{=territory.none}", "", "401 404 404 404 404 404 404 403"},
		{"GET " + at + "/pages", "", "401 404 200 403 200 403 200 403"},
		{"GET " + at + "/pages?q=other&order=change", "", "401 404 200 403 200 403 200 403"},
		{"GET " + open + "/pages", "", "401 200 200 200 200 200 200 403"},
		{"POST " + at + "/pages", write, "401 404 201 403 201 403 201 403"},
		{"POST " + at + "/pages", `{"title":"[[","language":"en","words":"Here"}`, "401 404 422 403 422 403 422 403"},
		{"POST " + open + "/pages", write, "401 403 201 201 201 201 201 403"},
		{"GET " + at + "/titled?title=opening%20HOURS", "", "401 404 200 403 200 403 200 403"},
		{"GET " + at + "/titled?title=none", "", "401 404 404 403 404 403 404 403"},
		{"POST " + at + "/previews", `{"words":"**Here**"}`, "401 404 200 403 200 403 200 403"},
		{"GET " + at + "/pages/{wikiPage}", "", "401 404 200 403 200 403 200 403"},
		{"GET " + open + "/pages/{wikiPage}", "", "401 404 404 404 404 404 404 403"},
		{"GET " + open + "/pages/{groundPage}", "", "401 200 200 200 200 200 200 403"},
		{"PUT " + at + "/pages/{wikiPage}", stale, "401 404 412 403 412 403 412 403"},
		{"PUT " + at + "/pages/{wikiLocked}", stale, "401 404 409 403 412 403 412 403"},
		{"POST " + at + "/pages/{wikiPage}/state", `{"do":"unlock"}`, "401 404 403 403 200 403 200 403"},
		{"POST " + at + "/pages/{wikiPage}/state", `{"do":"lock"}`, "401 404 403 403 422 403 422 403"},
		{"POST " + open + "/pages/{groundPage}/state", `{"do":"unlock"}`, "401 403 403 403 200 403 200 403"},
		{"GET " + at + "/pages/{wikiPage}/versions", "", "401 404 200 403 200 403 200 403"},
		{"GET " + at + "/pages/{wikiPage}/versions/{=1}", "", "401 404 200 403 200 403 200 403"},
		{"GET " + at + "/pages/{wikiPage}/versions/{=7}", "", "401 404 404 403 404 403 404 403"},
		{"POST " + at + "/pages/{wikiPage}/versions/{=1}/restore", `{}`, "401 404 412 403 412 403 412 403"},
		{"GET " + at + "/pages/{wikiPage}/differences?from=1&to=1", "", "401 404 200 403 200 403 200 403"},
		{"GET " + open + "/pages/{groundPage}/differences?from=1&to=1", "", "401 200 200 200 200 200 200 403"},
		{"POST " + at + "/pages/{wikiPage}/merges", `{"from":1,"words":"Here"}`, "401 404 200 403 200 403 200 403"},
	}
}
