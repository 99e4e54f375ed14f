package main

import "strings"

// camp gives the square a bootcamp with a cohort in which ada has a seat.
func (s *square) camp(fay, ada *visitor) {
	s.t.Helper()
	made := func() string {
		return text(fay.ask("POST", "/api/v1/bootcamps", object{"title": object{"en": "At the counter"}, "languages": []string{"en"}, "first": s.ids["day"], "last": s.ids["day"]}), "id")
	}
	b := made()
	cohort := func() string {
		return text(fay.ask("POST", "/api/v1/bootcamps/"+b+"/cohorts", object{"name": "Autumn", "joining": "open"}), "id")
	}
	s.ids["bootcamp"], s.ids["cohort"] = b, cohort()
	fay.ask("PUT", "/api/v1/bootcamps/"+b+"/state", object{"state": "open"})
	session := func() string {
		return text(fay.ask("POST", "/api/v1/bootcamps/"+b+"/cohorts/"+s.ids["cohort"]+"/sessions", object{"title": "Opening", "local": s.ids["day"] + "T09:30"}), "id")
	}
	s.ids["meeting"] = session()
	ada.ask("PUT", "/api/v1/bootcamps/"+b+"/cohorts/"+s.ids["cohort"]+"/place", nil)
	link := func() string {
		url := text(fay.ask("POST", "/api/v1/bootcamps/"+b+"/cohorts/"+cohort()+"/link", nil), "url")
		return url[strings.LastIndexByte(url, '/')+1:]
	}
	s.ids["joinLink"] = link()
	feed := text(ada.ask("POST", "/api/v1/me/calendar", nil), "url")
	s.ids["feed"] = feed[strings.LastIndexByte(feed, '/')+1:]
	s.make["camp"], s.make["cohort"], s.make["meeting"] = made, cohort, session
	s.make["sheet"] = func() string {
		return text(fay.ask("POST", "/api/v1/run-sheets", object{"name": "Opening", "from": object{"bootcamp": b, "session": s.ids["meeting"]}}), "id")
	}
	s.ids["sheet"] = s.make["sheet"]()
	s.make["seat"] = func() string { // somebody with a seat
		ada.ask("PUT", "/api/v1/bootcamps/"+b+"/cohorts/"+s.ids["cohort"]+"/place", nil)
		return s.ids["ada"]
	}
}

//	nobody stranger learner author facilitator hr administrator operator

// A bootcamp of castelverde only; ada is in its cohort. Facilitators and administrators of the host may do everything.
func bootcampRoutes() []route {
	return []route{
		{"GET /api/v1/own-cohorts", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/bootcamps", "", "401 200 200 200 200 200 200 403"},
		{"POST /api/v1/bootcamps", `{"title":{"en":"New"},"languages":["en"]}`, "401 201 403 403 201 403 201 403"},
		{"POST /api/v1/bootcamps", `{"title":{"fi":"New"},"languages":["en"]}`, "401 422 403 403 422 403 422 403"},
		{"POST /api/v1/bootcamps", `{"title":{"en":"New"},"languages":["en"],"towns":["nowhere"]}`, "401 422 403 403 422 403 422 403"},
		{"GET /api/v1/bootcamps/{bootcamp}", "", "401 404 200 200 200 200 200 403"},
		{"GET /api/v1/bootcamps/{+camp}", "", "401 404 404 404 200 404 200 403"},
		{"PATCH /api/v1/bootcamps/{bootcamp}", `{"territories":["Lombardia"]}`, "401 404 403 403 200 403 200 403"},
		{"PUT /api/v1/bootcamps/{+camp}/state", `{"state":"open"}`, "401 404 404 404 200 404 200 403"},
		{"PUT /api/v1/bootcamps/{+camp}/state", `{"state":"asleep"}`, "401 422 422 422 422 422 422 422"},
		{"DELETE /api/v1/bootcamps/{+camp}", "", "401 404 404 404 204 404 204 403"},
		{"DELETE /api/v1/bootcamps/{bootcamp}", "", "401 404 403 403 409 403 409 403"},

		{"POST /api/v1/bootcamps/{bootcamp}/cohorts", `{"name":"Spring"}`, "401 404 403 403 201 403 201 403"},
		{"PATCH /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}", `{"seats":40}`, "401 404 403 403 200 403 200 403"},
		{"DELETE /api/v1/bootcamps/{bootcamp}/cohorts/{+cohort}", "", "401 404 403 403 204 403 204 403"},
		{"DELETE /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}", "", "401 404 403 403 409 403 409 403"},
		{"PUT /api/v1/bootcamps/{bootcamp}/cohorts/{+cohort}/place", "", "401 404 200 200 200 200 200 403"},
		{"DELETE /api/v1/bootcamps/{bootcamp}/cohorts/{+cohort}/place", "", "401 404 204 204 204 204 204 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/members", "", "401 404 200 403 200 403 200 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/members?state=asked", "", "401 404 403 403 200 403 200 403"},
		{"PATCH /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/members/{ada}", `{"role":"participant"}`, "401 404 403 403 200 403 200 403"},
		{"PATCH /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/members/{ada}", `{"answer":true}`, "401 404 403 403 409 403 409 403"},
		{"PATCH /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/members/{foreigner}", `{"role":"observer"}`, "401 404 403 403 404 403 404 403"},
		{"DELETE /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/members/{foreigner}", "", "401 404 403 403 404 403 404 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/invitations", `{"guests":[{"email":"new{n}@uni.example"}]}`, "401 404 403 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/import", `{"file":"ZW1haWwKbGlzdGVkQHVuaS5leGFtcGxlCg=="}`, "401 404 403 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/import", `{"file":"ZW1haWwKbGlzdGVkQHVuaS5leGFtcGxlCg==","do":true}`, "401 404 403 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/import", `{"file":"AAAA"}`, "401 404 403 403 415 403 415 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/link", "", "401 404 403 403 201 403 201 403"},
		{"DELETE /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/link", "", "401 404 403 403 204 403 204 403"},
		{"GET /api/v1/cohort-links/{joinLink}", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/cohort-links/{=wrong}", "", "401 404 404 404 404 404 404 403"},
		{"POST /api/v1/cohort-links/{=wrong}", "", "401 404 404 404 404 404 404 403"},

		{"GET /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/sessions", "", "401 404 200 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/sessions", `{"title":"Workshop","local":"{day}T09:30"}`, "401 404 403 403 201 403 201 403"},
		{"GET /api/v1/bootcamps/{bootcamp}/sessions/{meeting}", "", "401 404 200 403 200 403 200 403"},
		{"PATCH /api/v1/bootcamps/{bootcamp}/sessions/{meeting}", `{"minutes":60}`, "401 404 403 403 200 403 200 403"},
		{"PATCH /api/v1/bootcamps/{bootcamp}/sessions/{meeting}", `{"link":"http://plain.example"}`, "401 404 403 403 422 403 422 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/sessions/{+meeting}/cancel", "", "401 404 403 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/sessions/{meeting}/copies", `{"cohort":"{cohort}","local":"{day}T14:00"}`, "401 404 403 403 201 403 201 403"},

		{"GET /api/v1/run-sheets", "", "401 200 403 403 200 403 200 403"},
		{"POST /api/v1/run-sheets", `{"name":"Counter","from":{"bootcamp":"{bootcamp}","cohort":"{cohort}"}}`, "401 404 403 403 201 403 201 403"},
		{"POST /api/v1/run-sheets", `{"name":"Opening","from":{"bootcamp":"{bootcamp}","session":"{meeting}"}}`, "401 404 403 403 201 403 201 403"},
		{"POST /api/v1/run-sheets", `{"name":"Nothing","from":{}}`, "401 404 403 403 404 403 404 403"},
		{"GET /api/v1/run-sheets/{sheet}", "", "401 404 403 403 200 403 200 403"},
		{"PATCH /api/v1/run-sheets/{sheet}", `{"name":"Another name"}`, "401 404 403 403 200 403 200 403"},
		{"DELETE /api/v1/run-sheets/{+sheet}", "", "401 204 403 403 204 403 204 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/run-sheet", `{"from":{"template":"{sheet}"},"first":"{day}"}`, "401 404 403 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/run-sheet", `{"from":{"template":"{sheet}"},"first":"{day}","key":"the same key"}`, "401 404 403 403 200 403 200 403"},
		{"POST /api/v1/bootcamps/{bootcamp}/cohorts/{cohort}/run-sheet", `{"from":{"template":"{sheet}"},"first":"soon"}`, "401 404 403 403 422 403 422 403"},

		{"GET /api/v1/me/calendar", "", "401 200 200 200 200 200 200 200"},
		{"GET /calendar/{feed}", "", "200"},
		{"GET /calendar/{=wrong.ics}", "", "404"},
		{"POST /api/v1/me/calendar", "", "401 201 201 201 201 201 201 201"},
		{"DELETE /api/v1/me/calendar", "", "401 204 204 204 204 204 204 204"},
	}
}
