package main

import "palestra/course"

// talk gives the square a thread of ada's in her cohort, with an answer of fay's.
func (s *square) talk(fay, ada *visitor) {
	s.t.Helper()
	s.ids["place"] = "cohort." + s.ids["bootcamp"] + "." + s.ids["cohort"]
	s.ids["talkCard"] = "practice." + s.ids["practice"]
	base := "/api/v1/discussions/" + s.ids["place"]
	thread := func() string {
		return text(ada.ask("POST", base+"/threads", object{"key": s.next(), "title": "Opening hours", "words": "When?", "language": "en", "asks": true}), "id")
	}
	s.ids["talkThread"] = thread()
	s.ids["talkAnswer"] = text(fay.ask("POST", base+"/threads/"+s.ids["talkThread"]+"/posts", object{"key": s.next(), "words": "At nine.", "language": "en"}), "id")
	s.ids["talkSaid"] = thread()
	fay.ask("POST", base+"/posts/"+s.ids["talkSaid"]+"/drafts", object{"into": "practice"})
	s.ids["credit"] = s.ids["town"] + "." + course.EventID("promotion", s.ids["town"], "post."+s.ids["talkSaid"], "practice")
	s.make["roomFile"] = func() string {
		return text(fay.ask("POST", "/api/v1/bootcamps/"+s.ids["bootcamp"]+"/sessions/"+s.ids["meeting"]+"/room/files?name=plan.txt", []byte("plan")), "id")
	}
	s.ids["roomFile"] = s.make["roomFile"]()
	s.ids["talkFile"] = text(ada.ask("POST", base+"/files?name=plan.txt", []byte("plan")), "id")
}

//	nobody stranger learner author facilitator hr administrator operator

// The discussion of a cohort in which ada is, and that of a practice, which is everybody's.
func talkRoutes() []route {
	const at = "/api/v1/discussions/{place}"
	const open = "/api/v1/discussions/{talkCard}"
	write := `{"key":"k{n}","words":"Here","language":"en"}`
	return []route{
		{"GET " + at, "", "401 404 200 403 200 403 200 403"},
		{"GET /api/v1/discussions/{=nowhere}", "", "401 404 404 404 404 404 404 404"},
		{"GET " + open, "", "401 200 200 200 200 200 200 403"},
		{"PATCH " + at, `{"mail":"daily"}`, "401 404 204 403 204 403 204 403"},
		{"PATCH " + at, `{"until":""}`, "401 404 403 403 204 403 204 403"},
		{"PATCH " + open, `{"until":""}`, "401 403 403 403 403 403 403 403"},
		{"GET " + at + "/threads", "", "401 404 200 403 200 403 200 403"},
		{"GET " + at + "/threads?open=true&about=session.{meeting}", "", "401 404 200 403 200 403 200 403"},
		{"POST " + at + "/threads", `{"key":"t{n}","title":"New","words":"Hello","language":"en","about":"session.{meeting}"}`, "401 404 201 403 201 403 201 403"},
		{"POST " + at + "/threads", `{"key":"t{n}","title":"New","words":"Hello","language":"en","about":"session.nothing"}`, "401 404 422 403 422 403 422 403"},
		{"POST " + open + "/threads", `{"key":"o{n}","title":"New","words":"Hello","language":"en"}`, "401 201 201 201 201 201 201 403"},
		{"GET " + at + "/threads/{talkThread}", "", "401 404 200 403 200 403 200 403"},
		{"GET " + open + "/threads/{talkThread}", "", "401 404 404 404 404 404 404 403"},
		{"PATCH " + at + "/threads/{talkThread}", `{"answer":2}`, "401 404 200 403 200 403 200 403"},
		{"PATCH " + at + "/threads/{talkThread}", `{"closed":false}`, "401 404 403 403 200 403 200 403"},
		{"PUT " + at + "/threads/{talkThread}/mark", `{"read":1}`, "401 404 204 403 204 403 204 403"},
		{"GET " + at + "/threads/{talkThread}/posts", "", "401 404 200 403 200 403 200 403"},
		{"POST " + at + "/threads/{talkThread}/posts", write, "401 404 201 403 201 403 201 403"},
		{"POST " + at + "/threads/{talkThread}/posts", `{"key":"e{n}","words":" ","language":"en"}`, "401 404 422 403 422 403 422 403"},
		{"GET " + at + "/posts/{talkThread}", "", "401 404 200 403 200 403 200 403"},
		{"PUT " + at + "/posts/{talkAnswer}", `{"words":"At ten.","language":"en"}`, "401 404 403 403 200 403 403 403"},
		{"DELETE " + at + "/posts/{talkThread}", "", "401 404 204 403 403 403 403 403"},
		{"GET " + at + "/posts/{talkAnswer}/versions", "", "401 404 200 403 200 403 200 403"},
		{"POST " + at + "/posts/{talkSaid}/drafts", `{"into":"practice"}`, "401 404 403 403 200 403 200 403"},
		{"POST " + at + "/posts/{talkSaid}/drafts", `{"into":"song"}`, "401 422 422 422 422 422 422 422"},
		{"POST " + open + "/posts/{talkSaid}/drafts", `{"into":"challenge"}`, "401 403 403 404 403 403 404 403"},
		{"GET /api/v1/credits/{credit}", "", "401 404 200 404 404 404 404 403"},
		{"PUT /api/v1/credits/{credit}", `{"answer":"agreed"}`, "401 404 200 404 404 404 404 403"},
		{"GET /api/v1/credits/{=nothing}", "", "401 404 404 404 404 404 404 404"},
		{"PUT " + at + "/posts/{talkAnswer}/report", `{"kind":"other","words":"It is not true"}`, "401 404 204 403 409 403 204 403"},
		{"PUT " + at + "/posts/{talkAnswer}/state", `{"state":"kept"}`, "401 404 403 403 204 403 204 403"},
		{"PUT " + at + "/posts/{talkAnswer}/state", `{"state":"hidden"}`, "401 404 403 403 422 403 422 403"},
		{"GET " + at + "/reports", "", "401 404 403 403 200 403 200 403"},
		{"GET " + open + "/reports", "", "401 403 403 200 403 403 200 403"},
		{"GET " + at + "/search?q=hours", "", "401 404 200 403 200 403 200 403"},
		{"GET " + at + "/people?q=a", "", "401 404 200 403 200 403 200 403"},
		{"POST /api/v1/discussion-previews", `{"words":"**Here**"}`, "401 200 200 200 200 200 200 200"},
		{"POST /api/v1/letters/end/{=guessed}", "", "404"},
		{"POST " + at + "/files?name=plan.txt", "plan", "401 404 201 403 201 403 201 403"},
		{"POST " + at + "/files?name=plan.html", "plan", "401 404 415 403 415 403 415 403"},
		{"GET " + at + "/files/{talkFile}", "", "401 404 200 403 404 403 404 403"},
		{"DELETE " + at + "/files/{talkFile}", "", "401 404 204 403 204 403 204 403"},
	}
}
