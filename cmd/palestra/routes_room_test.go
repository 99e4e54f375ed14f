package main

//	nobody stranger learner author facilitator hr administrator operator

// The room of a session in whose cohort ada is; the host's facilitators and administrators lead it.
func roomRoutes() []route {
	const room = "/api/v1/bootcamps/{bootcamp}/sessions/{meeting}/room"
	return []route{
		{"GET " + room + "/talk", "", "401 404 200 403 200 403 200 403"},
		{"GET " + room + "/talk?rehearsal=true", "", "401 404 403 403 200 403 200 403"},
		{"POST " + room + "/messages", `{"id":"a{n}","kind":"said","text":"Good morning","lang":"en"}`, "401 404 200 403 200 403 200 403"},
		{"POST " + room + "/messages", `{"id":"b{n}","kind":"quieted"}`, "401 404 403 403 200 403 200 403"},
		{"POST " + room + "/messages", `{"id":"c{n}","kind":"said","text":"","lang":"en"}`, "401 404 422 403 422 403 422 403"},
		{"GET " + room + "/notes", "", "401 404 200 403 200 403 200 403"},
		{"POST " + room + "/presence", `{"stream":"none"}`, "401 404 404 404 404 404 404 404"},
		{"DELETE " + room + "/rehearsal", "", "401 404 403 403 204 403 204 403"},
		{"GET " + room + "/socket", "", "401 404 426 403 426 403 426 403"},
		{"GET " + room + "/events", "", "401 404 200 403 200 403 200 403"},
		{"GET " + room + "/events?rehearsal=true", "", "401 404 403 403 200 403 200 403"},
	}
}
