package main

//	nobody stranger learner author facilitator hr administrator operator

// The room of a session in whose cohort ada is; the host's facilitators and administrators lead it.
func roomRoutes() []route {
	const room = "/api/v1/bootcamps/{bootcamp}/sessions/{meeting}/room"
	const session = "/api/v1/bootcamps/{bootcamp}/sessions/{meeting}"
	return []route{
		{"GET " + session + "/attendance", "", "401 404 403 403 200 403 200 403"},
		{"GET " + session + "/attendance.csv", "", "401 404 403 403 200 403 200 403"},
		{"GET " + session + "/attendance.xlsx", "", "401 404 403 403 200 403 200 403"},
		{"GET " + session + "/attendance.pdf", "", "401 404 403 403 200 403 200 403"},
		{"GET " + session + "/attendance/code", "", "401 404 403 403 409 403 409 403"},
		{"PUT " + session + "/attendance", `{"open":false,"share":80}`, "401 404 403 403 204 403 204 403"},
		{"PUT " + session + "/attendance", `{"open":true,"share":0}`, "401 422 422 422 422 422 422 422"},
		{"POST " + session + "/attendance/{ada}/marks", `{"state":"present","minutes":60,"reason":"She sat in the first row"}`, "401 404 403 403 204 403 204 403"},
		{"POST " + session + "/attendance/{ada}/marks", `{"state":"present","minutes":60,"reason":""}`, "401 404 403 403 422 403 422 403"},
		{"POST " + session + "/attendance/{foreigner}/marks", `{"state":"absent","minutes":0,"reason":"Nobody saw her"}`, "401 404 403 403 404 403 404 403"},
		{"POST " + session + "/check-in", `{"code":"123456"}`, "401 404 409 403 409 403 409 403"},
		{"GET " + room + "/talk", "", "401 404 200 403 200 403 200 403"},
		{"GET " + room + "/talk?rehearsal=true", "", "401 404 403 403 200 403 200 403"},
		{"POST " + room + "/messages", `{"id":"a{n}","kind":"said","text":"Good morning","lang":"en"}`, "401 404 200 403 200 403 200 403"},
		{"POST " + room + "/messages", `{"id":"b{n}","kind":"quieted"}`, "401 404 403 403 200 403 200 403"},
		{"POST " + room + "/messages", `{"id":"c{n}","kind":"said","text":"","lang":"en"}`, "401 404 422 403 422 403 422 403"},
		{"GET " + room + "/notes", "", "401 404 200 403 200 403 200 403"},
		{"POST " + room + "/drafts", `{"into":"practice","kind":"message","number":9999}`, "401 404 403 403 422 403 422 403"},
		{"POST " + room + "/drafts", `{"into":"practice","kind":"post"}`, "401 422 422 422 422 422 422 422"},
		{"POST " + room + "/files?name=plan.txt", "plan", "401 404 201 403 201 403 201 403"},
		{"POST " + room + "/files?name=plan.html", "plan", "401 404 415 403 415 403 415 403"},
		{"POST " + room + "/files?name=plan.txt&rehearsal=true", "plan", "401 404 403 403 201 403 201 403"},
		{"GET " + room + "/files/{roomFile}", "", "401 404 200 403 200 403 200 403"},
		{"GET " + room + "/files/{talkFile}", "", "401 404 404 403 404 403 404 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/files", "", "401 404 200 403 200 403 200 403"},
		{"DELETE " + room + "/files/{+roomFile}", "", "401 404 403 403 204 403 204 403"},
		{"POST " + room + "/presence", `{"stream":"none"}`, "401 404 404 404 404 404 404 404"},
		{"DELETE " + room + "/rehearsal", "", "401 404 403 403 204 403 204 403"},
		{"GET " + room + "/socket", "", "401 404 426 403 426 403 426 403"},
		{"GET " + room + "/meeting", "", "401 404 404 403 404 403 404 403"},
		{"GET " + room + "/events", "", "401 404 200 403 200 403 200 403"},
		{"GET " + room + "/events?rehearsal=true", "", "401 404 403 403 200 403 200 403"},
	}
}
