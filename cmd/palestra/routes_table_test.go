package main

// routes is the table: every route of the program and who gets which answer. The answers are written by hand.
func routes() []route {
	var all []route
	for _, part := range [][]route{edgeRoutes(), recordRoutes(), flowRoutes(), peopleRoutes(), learningRoutes(), authoringRoutes(), hrRoutes(), videoRoutes(), retentionRoutes(), bootcampRoutes(), practiceRoutes()} {
		all = append(all, part...)
	}
	return all
}

//	nobody stranger learner author facilitator hr administrator operator

func edgeRoutes() []route {
	return []route{
		{"GET /healthz", "", "200"},
		{"GET /readyz", "", "200"},
		{"GET /metrics", "", "200"},
		{"GET /api/v1/openapi.json", "", "200"},
		{"GET /api/v1/openapi.yaml", "", "200"},
		{"GET /api/v1/openapi-3.0.json", "", "200"},
		{"GET /api/v1/openapi-3.0.yaml", "", "200"},
		{"GET /c/keys.pem", "", "200"},
		{"GET /c/{certificate}", "", "200"},
		{"GET /c/{awardCode}", "", "200"},
		{"GET /media/{grant}/{=master.m3u8}", "", "403 403 200 403 403 403 403 403"},
		// xAPI knows credentials of its own, never a page's cookie.
		{"GET /xapi/about", "", "200"},
		{"PUT /xapi/about", "", "405"},
		{"POST /xapi/about", "", "405"},
		{"GET /xapi/statements", "", "401"},
		{"PUT /xapi/statements", "{}", "401"},
		{"POST /xapi/statements", "{}", "401"},
		{"GET /xapi/activities/state", "", "401"},
		{"PUT /xapi/activities/state", "{}", "401"},
		{"POST /xapi/activities/state", "{}", "401"},
		{"DELETE /xapi/activities/state", "", "401"},
		{"GET /xapi/activities/profile", "", "401"},
		{"PUT /xapi/activities/profile", "{}", "401"},
		{"POST /xapi/activities/profile", "{}", "401"},
		{"DELETE /xapi/activities/profile", "", "401"},
		{"GET /xapi/agents/profile", "", "401"},
		{"PUT /xapi/agents/profile", "{}", "401"},
		{"POST /xapi/agents/profile", "{}", "401"},
		{"DELETE /xapi/agents/profile", "", "401"},
		{"GET /xapi/activities", "", "401"},
		{"PUT /xapi/activities", "", "405"},
		{"POST /xapi/activities", "", "405"},
		{"GET /xapi/agents", "", "401"},
		{"PUT /xapi/agents", "", "405"},
		{"POST /xapi/agents", "", "405"},
	}
}

// Keys of record stores: administrators have those of their own town, operators those of every town.
func recordRoutes() []route {
	return []route{
		{"GET /api/v1/statements", "", "401 200 403 422 403 200 403 422"},
		{"GET /api/v1/statements?organisation={town}", "", "401 404 403 422 403 200 403 200"},
		{"GET /api/v1/statements?course={course}", "", "401 200 403 200 403 200 403 422"},
		{"GET /api/v1/statements?organisation={town}&course={course}&person={ada}", "", "401 404 403 403 403 200 403 200"},
		{"GET /api/v1/statements/live?seconds=0", "", "401 200 403 422 403 200 403 422"},
		{"GET /api/v1/statements/live?seconds=0&organisation={town}&course={course}", "", "401 404 403 200 403 200 403 200"},
		{"GET /api/v1/statements/{statement}", "", "401 404 403 422 403 200 403 422"},
		{"GET /api/v1/statements/{statement}?organisation={town}&course={course}", "", "401 404 403 200 403 200 403 200"},
		{"GET /api/v1/statements/{statement}/attachments/{=00}?organisation={town}&course={course}", "", "401 404 403 403 403 404 403 404"},
		{"GET /api/v1/statement-courses", "", "401 200 403 403 403 200 403 422"},
		{"GET /api/v1/statement-courses?organisation={town}", "", "401 404 403 403 403 200 403 200"},
		{"GET /api/v1/record-credentials", "", "401 200 403 403 403 403 200 422"},
		{"GET /api/v1/record-credentials?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"POST /api/v1/record-credentials", `{"name":"Courses of a supplier","scopes":["statements/write"]}`, "401 201 403 403 403 403 201 422"},
		{"POST /api/v1/record-credentials", `{"organisation":"{town}","name":"Courses of a supplier","scopes":["all"],"version":"1.0.3","expires":"2099-01-01T00:00:00Z","authority":{"mbox":"mailto:lrs@castelverde.example"}}`,
			"401 404 403 403 403 403 201 201"},
		{"PATCH /api/v1/record-credentials/{+credential}", `{"scopes":["state"],"never":true}`, "401 404 403 403 403 403 200 200"},
		{"POST /api/v1/record-credentials/{+credential}/rotate", "", "401 404 403 403 403 403 200 200"},
		{"DELETE /api/v1/record-credentials/{+credential}", "", "401 404 403 403 403 403 204 204"},
	}
}

// Ways to other record stores, and figures: as credentials; HR sees figures too.
func flowRoutes() []route {
	return []route{
		{"GET /api/v1/record-flows", "", "401 200 403 403 403 403 200 422"},
		{"GET /api/v1/record-flows?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"POST /api/v1/record-flows", `{"name":"Region","direction":"out","endpoint":"https://records.invalid/xapi","key":"k","secret":"s","on":false}`, "401 201 403 403 403 403 201 422"},
		{"POST /api/v1/record-flows?organisation={town}", `{"name":"Region","direction":"in","endpoint":"https://records.invalid/xapi","key":"k","secret":"s","on":false,"version":"1.0.3","begin":"now"}`,
			"401 404 403 403 403 403 201 201"},
		{"POST /api/v1/record-flows?organisation={town}", `{"name":"Region","direction":"out","endpoint":"https://169.254.169.254/xapi","key":"k","secret":"s"}`, "401 404 403 403 403 403 403 403"},
		{"GET /api/v1/record-flows/{flow}", "", "401 404 403 403 403 403 200 422"},
		{"GET /api/v1/record-flows/{flow}?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"PATCH /api/v1/record-flows/{flow}?organisation={town}", `{"name":"Province"}`, "401 404 403 403 403 403 200 200"},
		{"PATCH /api/v1/record-flows/{flow}", `{"name":"Province"}`, "401 404 403 403 403 403 200 422"},
		{"DELETE /api/v1/record-flows/{+flow}?organisation={town}", "", "401 404 403 403 403 403 204 204"},
		{"DELETE /api/v1/record-flows/{+flow}", "", "401 404 403 403 403 403 204 422"},
		{"POST /api/v1/record-flows/{flow}/run?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"POST /api/v1/record-flows/{flow}/try?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"GET /api/v1/record-flows/{flow}/refusals?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"POST /api/v1/record-flows/{flow}/refusals/retry?organisation={town}", `{}`, "401 404 403 403 403 403 202 202"},
		{"POST /api/v1/record-flows/{flow}/refusals/drop?organisation={town}", `{}`, "401 404 403 403 403 403 200 200"},
		{"GET /api/v1/record-origins/{completion}?organisation={town}", "", "401 404 403 403 403 403 404 404"},
		{"GET /api/v1/record-counts", "", "401 200 403 403 403 200 200 422"},
		{"GET /api/v1/record-counts?organisation={town}", "", "401 404 403 403 403 200 200 200"},
		{"GET /api/v1/record-counts/top?kind=actor&organisation={town}", "", "401 404 403 403 403 200 200 200"},
		{"GET /api/v1/record-counts/top", "", "401 200 403 403 403 200 200 422"},
		{"GET /api/v1/record-counts/days?organisation={town}", "", "401 404 403 403 403 200 200 200"},
		{"GET /api/v1/record-counts/days", "", "401 200 403 403 403 200 200 422"},
		{"POST /api/v1/record-counts/recount?organisation={town}", "", "401 404 403 403 403 403 202 202"},
		{"GET /api/v1/record-exports/{=archive}", "", "401 200 403 403 403 403 200 422"},
		{"GET /api/v1/record-exports/{=archive}?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"GET /api/v1/record-exports/{=csv}?organisation={town}&columns=id,statement", "", "401 404 403 403 403 403 200 200"},
		{"GET /api/v1/record-exports/{=csv}?organisation={town}&columns=id,password", "", "401 404 403 403 403 403 422 422"},
		{"GET /api/v1/record-imports", "", "401 200 403 403 403 403 200 422"},
		{"GET /api/v1/record-imports?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"GET /api/v1/record-imports/{+import}?organisation={town}", "", "401 404 403 403 403 403 200 200"},
		{"DELETE /api/v1/record-imports/{+import}?organisation={town}", "", "401 404 403 403 403 403 204 204"},
		{"DELETE /api/v1/record-imports/{+import}", "", "401 404 403 403 403 403 204 422"},
		{"POST /api/v1/record-imports/announced?organisation={town}", `{"name":"few.ndjson","size":4}`, "401 404 403 403 403 403 201 201"},
		{"POST /api/v1/record-imports/announced", `{"name":"few.ndjson","size":4}`, "401 201 403 403 403 403 201 422"},
		{"PUT /api/v1/record-imports/{+announced}/parts/{=1}?organisation={town}", "none", "401 404 403 403 403 403 200 200"},
		{"PUT /api/v1/record-imports/{+announced}/parts/{=2}", "none", "401 404 403 403 403 403 409 422"},
		{"POST /api/v1/record-imports?organisation={town}&name=few", "no statements", "401 404 403 403 403 403 201 201"},
	}
}

// What is not kept is decided by administrators, for their own town.
func retentionRoutes() []route {
	return []route{
		{"GET /api/v1/retention/rules", "", "401 200 403 403 403 403 200 403"},
		{"POST /api/v1/retention/rules", `{"days":30,"verb":"http://adlnet.gov/expapi/verbs/launched"}`, "401 201 403 403 403 403 201 403"},
		{"POST /api/v1/retention/rules", `{"days":0}`, "401 422 403 403 403 403 422 403"},
		{"POST /api/v1/retention/rules", `{"days":30,"activity":"no address"}`, "401 422 403 403 403 403 422 403"},
		{"DELETE /api/v1/retention/rules/{+rule}", "", "401 404 403 403 403 403 204 403"},
		{"GET /api/v1/retention/term", "", "401 200 403 403 403 403 200 403"},
		{"PUT /api/v1/retention/term", `{"years":10}`, "401 204 403 403 403 403 204 403"},
		{"PUT /api/v1/retention/term", `{"years":0}`, "401 422 403 403 403 403 422 403"},
		{"GET /api/v1/retention/runs", "", "401 200 403 403 403 403 200 403"},
		{"POST /api/v1/retention/runs", `{"rule":"{+rule}"}`, "401 404 403 403 403 403 202 403"},
		{"GET /api/v1/retention/runs/{+run}", "", "401 404 403 403 403 403 200 403"},
		{"GET /api/v1/retention/runs/{+run}/statements?held=true", "", "401 404 403 403 403 403 200 403"},
		{"POST /api/v1/retention/runs/{+run}/removal", `{"digest":"00"}`, "401 404 403 403 403 403 409 403"},
		{"POST /api/v1/retention/runs/{+run}/removal", `{"digest":""}`, "401 404 403 403 403 403 202 403"},
		{"DELETE /api/v1/retention/runs/{+run}", "", "401 404 403 403 403 403 204 403"},
	}
}

func peopleRoutes() []route {
	return []route{
		{"GET /api/v1/setup/{=used}", "", "410"},
		{"POST /api/v1/setup/{=used}", `{"name":"Eve","email":"eve@example.org","password":"four giraffes under the table"}`, "410"},
		{"GET /api/v1/session", "", "200"},
		{"POST /api/v1/session", `{"email":"ada@castelverde.example","password":"four giraffes under the table"}`, "200"},
		{"DELETE /api/v1/session !", "", "204"},
		{"PUT /api/v1/session/organisation", `{"organisation":"{town}"}`, "401 404 200 200 200 200 200 404"},
		{"GET /api/v1/sessions", "", "401 200 200 200 200 200 200 200"},
		{"DELETE /api/v1/sessions/{+session}", "", "401 404 204 404 404 404 404 404"},
		{"PATCH /api/v1/me", `{"locale":"en"}`, "401 200 200 200 200 200 200 200"},
		{"POST /api/v1/me/password", `{"current":"wrong","next":"five elephants on the roof"}`, "401 422 422 422 422 422 422 422"},
		{"GET /api/v1/me/erasure", "", "401 200 200 200 200 200 200 200"},
		{"GET /api/v1/me/erasure?organisation={town}", "", "401 404 200 200 200 200 200 404"},
		{"POST /api/v1/me/erasure", `{"password":"wrong"}`, "401 422 422 422 422 422 422 422"},
		{"DELETE /api/v1/me/erasure", "", "401 404 404 404 404 404 404 404"},
		{"GET /api/v1/me/copy", "", "401 200 200 200 200 200 200 200"},
		{"POST /api/v1/password-resets", `{"email":"ada@castelverde.example"}`, "202"},
		{"POST /api/v1/password-resets/{=used}", `{"password":"five elephants on the roof"}`, "410"},

		{"GET /api/v1/organisations", "", "401 403 403 403 403 403 403 200"},
		{"POST /api/v1/organisations", `{"slug":"t{n}","name":"Town","kind":"municipality","country":"IT","zone":"Europe/Rome","locale":"it"}`, "401 403 403 403 403 403 403 201"},
		{"GET /api/v1/organisations/{town}", "", "401 404 200 200 200 200 200 200"},
		{"PATCH /api/v1/organisations/{town}", `{"name":"Comune di Castelverde"}`, "401 404 403 403 403 403 200 200"},
		{"POST /api/v1/organisations/{town}/administrators", `{"name":"Adam","email":"adam{n}@castelverde.example"}`, "401 403 403 403 403 403 403 201"},
		{"GET /api/v1/towns", "", "401 200 403 200 403 403 403 403"},
		{"GET /api/v1/units", "", "401 200 200 200 200 200 200 403"},
		{"POST /api/v1/units", `{"name":"Library"}`, "401 201 403 403 403 403 201 403"},
		{"PATCH /api/v1/units/{unit}", `{"name":"Registry"}`, "401 404 403 403 403 403 200 403"},
		{"DELETE /api/v1/units/{+unit}", "", "401 404 403 403 403 403 204 403"},
		{"GET /api/v1/invitations", "", "401 200 403 403 403 403 200 403"},
		{"POST /api/v1/invitations", `{"name":"Bea","email":"bea{n}@castelverde.example","roles":["learner"]}`, "401 201 403 403 403 403 201 403"},
		// A unit of another town does not exist, wherever it is named.
		{"POST /api/v1/invitations", `{"name":"Bea","email":"bea{n}@castelverde.example","roles":["learner"],"unit":"{unit}"}`, "401 404 403 403 403 403 201 403"},
		{"DELETE /api/v1/invitations/{+invitation}", "", "401 404 403 403 403 403 204 403"},
		{"GET /api/v1/invitation-links/{invitationLink}", "", "200"},
		{"POST /api/v1/invitation-links/{=used}", `{"name":"Eve","password":"four giraffes under the table"}`, "410"},
		{"GET /api/v1/members", "", "401 200 403 403 403 200 200 403"},
		{"GET /api/v1/members/{ada}", "", "401 404 200 403 403 200 200 403"},
		{"PATCH /api/v1/members/{ada}", `{"unit":""}`, "401 404 403 403 403 403 200 403"},
		{"PATCH /api/v1/members/{foreigner}", `{"unit":"{unit}"}`, "401 404 403 403 403 403 404 403"},
		{"DELETE /api/v1/members/{rex}", "", "401 404 403 403 403 403 204 403"},
		{"GET /api/v1/erasures", "", "401 200 403 403 403 403 200 403"},
		{"GET /api/v1/erased", "", "401 200 403 403 403 403 200 403"},
		{"GET /api/v1/members/{ada}/erasure", "", "401 404 403 403 403 403 200 403"},
		{"POST /api/v1/members/{ada}/erasure", `{"email":"lin@castelverde.example"}`, "401 404 403 403 403 403 422 403"},
		{"POST /api/v1/members/{lin}/erasure", `{"email":"Lin@castelverde.example"}`, "401 404 403 403 403 403 202 403"},
		{"DELETE /api/v1/members/{+asked}/erasure", "", "401 404 403 403 403 403 204 403"},
		{"GET /api/v1/members/{ada}/copy", "", "401 404 403 403 403 200 200 403"},
		{"GET /api/v1/audit", "", "401 200 403 403 403 200 200 200"},
		{"GET /api/v1/letters", "", "401 403 403 403 403 403 403 200"},
		{"GET /api/v1/letters/{letter}", "", "401 403 403 403 403 403 403 200"},
	}
}

// What a learner has begun is hers alone: everybody else, of her own town too, is told that there is no such thing.
func learningRoutes() []route {
	return []route{
		{"GET /api/v1/home", "", "401 200 200 200 200 200 200 403"},
		{"GET /api/v1/catalogue", "", "200"},
		{"GET /api/v1/accessibility/{town}", "", "200"},
		{"GET /api/v1/catalogue/{course}", "", "404 404 200 200 200 200 200 404"},
		{"GET /api/v1/enrolments", "", "401 200 200 200 200 200 200 403"},
		{"POST /api/v1/enrolments", `{"course":"{course}"}`, "401 404 200 200 200 200 200 403"},
		{"GET /api/v1/enrolments/{enrolment}", "", "401 404 200 404 404 404 404 403"},
		{"POST /api/v1/enrolments/{enrolment}/credential", "", "401 404 200 404 404 404 404 403"},
		{"GET /api/v1/enrolments/{enrolment}/said?q=welcome", "", "401 404 200 404 404 404 404 403"},
		{"GET /api/v1/enrolments/{enrolment}/lessons/{page}", "", "401 404 200 404 404 404 404 403"},
		{"POST /api/v1/enrolments/{enrolment}/lessons/{film}/playback", "", "401 404 200 404 404 404 404 403"},
		{"POST /api/v1/enrolments/{enrolment}/lessons/{page}/read", "", "401 404 200 404 404 404 404 403"},
		{"POST /api/v1/enrolments/{enrolment}/lessons/{film}/transcript-read", "", "401 404 200 404 404 404 404 403"},
		{"POST /api/v1/enrolments/{enrolment}/lessons/{page}/faults", `{"text":"A word is missing."}`, "401 404 204 404 404 404 404 403"},
		{"POST /api/v1/enrolments/{enrolment}/lessons/{quiz}/attempts", "", "401 404 200 404 404 404 404 403"},
		{"GET /api/v1/attempts/{attempt}", "", "401 404 200 404 404 404 404 403"},
		{"POST /api/v1/attempts/{attempt}", `{"answers":[]}`, "401 404 200 404 404 404 404 403"},
		{"GET /api/v1/certificates/{completion}", "", "401 404 200 404 404 404 404 403"},
		{"GET /api/v1/certificates/{award}", "", "401 404 200 404 404 404 404 403"},
		{"GET /api/v1/programme-catalogue", "", "200"},
		{"GET /api/v1/programme-catalogue/{programme}", "", "404 404 200 200 200 200 200 404"},
		{"GET /api/v1/programme-enrolments", "", "401 200 200 200 200 200 200 403"},
		{"POST /api/v1/programme-enrolments", `{"programme":"{programme}"}`, "401 404 200 200 200 200 200 403"},
		{"GET /api/v1/programme-enrolments/{pursuit}", "", "401 404 200 404 404 404 404 403"},
	}
}

func authoringRoutes() []route {
	return []route{
		{"GET /api/v1/courses", "", "401 200 403 200 403 403 403 403"},
		{"POST /api/v1/courses", `{"title":{"en":"New"},"languages":["en"]}`, "401 201 403 201 403 403 403 403"},
		{"GET /api/v1/courses/{course}", "", "401 404 403 200 403 403 403 403"},
		{"PATCH /api/v1/courses/{+copy}", `{"minutes":30}`, "401 404 403 200 403 403 403 403"},
		{"PATCH /api/v1/courses/{+copy}", `{"visibility":"towns","towns":["00000000-0000-0000-0000-000000000000"]}`, "401 404 403 404 403 403 403 403"},
		{"DELETE /api/v1/courses/{+copy}", "", "401 404 403 204 403 403 403 403"},
		{"PUT /api/v1/courses/{draft}/outline", `{"modules":[{"id":"{module}","lessons":["{lesson}"]}]}`, "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/courses/{+copy}/modules", `{"title":{"en":"One"}}`, "401 404 403 201 403 403 403 403"},
		{"PATCH /api/v1/courses/{draft}/modules/{module}", `{"title":{"en":"One"}}`, "401 404 403 200 403 403 403 403"},
		{"DELETE /api/v1/courses/{draft}/modules/{+module}", "", "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/courses/{draft}/modules/{+module}/lessons", `{"kind":"text","title":{"en":"One"}}`, "401 404 403 201 403 403 403 403"},
		{"GET /api/v1/courses/{course}/lessons/{page}", "", "401 404 403 200 403 403 403 403"},
		{"PUT /api/v1/courses/{course}/lessons/{page}", `{"title":{"en":"The licence"}}`, "401 404 403 200 403 403 403 403"},
		{"DELETE /api/v1/courses/{draft}/lessons/{+lesson}", "", "401 404 403 204 403 403 403 403"},
		{"POST /api/v1/courses/{+copy}/publish", `{}`, "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/courses/{+offer}/unpublish", "", "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/courses/{course}/duplicate", `{}`, "401 404 403 201 403 403 403 403"},
		{"GET /api/v1/courses/{course}/versions", "", "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/courses/{course}/versions/{=1}/move-learners", "", "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/courses/{course}/preview", "", "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/courses/{course}/preview/lessons/{film}", "", "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/courses/{course}/preview/lessons/{quiz}/attempt", `{"answers":[]}`, "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/courses/{course}/faults", "", "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/programmes", "", "401 200 403 200 403 403 403 403"},
		{"POST /api/v1/programmes", `{"title":{"en":"New"},"languages":["en"]}`, "401 201 403 201 403 403 403 403"},
		{"GET /api/v1/programmes/{programme}", "", "401 404 403 200 403 403 403 403"},
		{"PATCH /api/v1/programmes/{+plan}", `{"summary":{"en":"All"},"list":[{"course":"{course}"}]}`, "401 404 403 200 403 403 403 403"},
		{"PATCH /api/v1/programmes/{+plan}", `{"list":[{"course":"{draft}"}]}`, "401 404 403 404 403 403 403 403"},
		{"PATCH /api/v1/programmes/{+plan}", `{"visibility":"towns","towns":["00000000-0000-0000-0000-000000000000"]}`, "401 404 403 404 403 403 403 403"},
		{"DELETE /api/v1/programmes/{+plan}", "", "401 404 403 204 403 403 403 403"},
		{"POST /api/v1/programmes/{+plan}/publish", "", "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/programmes/{programme}/followers", "", "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/programmes/{programme}/followers", `{"to":1}`, "401 404 403 202 403 403 403 403"},
		{"POST /api/v1/programmes/{+offered}/unpublish", "", "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/faults", "", "401 200 403 200 403 403 403 403"},
		{"POST /api/v1/markdown", `{"text":"**one**"}`, "401 200 200 200 200 200 200 200"},
	}
}

func hrRoutes() []route {
	return []route{
		{"GET /api/v1/hr/people", "", "401 200 403 403 403 200 403 403"},
		{"GET /api/v1/hr/completions", "", "401 200 403 403 403 200 403 403"},
		{"GET /api/v1/hr/completions?person={ada}&course={course}&state=open", "", "401 200 403 403 403 200 403 403"},
		{"GET /api/v1/hr/completions/{completion}", "", "401 404 403 403 403 200 403 403"},
		{"GET /api/v1/hr/completions/{award}", "", "401 404 403 403 403 200 403 403"},
		{"GET /api/v1/hr/completions/{enrolment}", "", "401 404 403 403 403 200 403 403"},
		{"POST /api/v1/hr/completions/{completion}/corrections", `{"kind":"correction","reason":"The effort was told wrongly","minutes":30}`, "401 404 403 403 403 200 403 403"},
		{"GET /api/v1/hr/assignments", "", "401 200 403 403 403 200 403 403"},
		{"POST /api/v1/hr/assignments", `{"course":"{course}","due":"{day}","people":["{lin}"]}`, "401 404 403 403 403 201 403 403"},
		// Nobody of another town can be asked to learn.
		{"POST /api/v1/hr/assignments", `{"course":"{course}","due":"{day}","people":["{lin}","{foreigner}"]}`, "401 404 403 403 403 404 403 403"},
		{"POST /api/v1/hr/assignments", `{"programme":"{programme}","due":"{day}","people":["{lin}"]}`, "401 404 403 403 403 201 403 403"},
		{"POST /api/v1/hr/assignments", `{"programme":"{programme}","course":"{course}","due":"{day}","everyone":true}`, "401 422 403 403 403 422 403 403"},
		{"POST /api/v1/hr/assignments", `{"course":"{course}","due":"{day}","units":["none"]}`, "401 404 403 403 403 404 403 403"},
		{"POST /api/v1/hr/assignments", `{"course":"{course}","due":"{day}"}`, "401 422 403 403 403 422 403 403"},
		{"GET /api/v1/hr/programmes", "", "401 200 403 403 403 200 403 403"},
		{"GET /api/v1/hr/programmes/{programme}/followers?state=late", "", "401 200 403 403 403 200 403 403"},
		{"GET /api/v1/hr/programmes/{programme}/exports/{=csv}", "", "401 404 403 403 403 200 403 403"},
		{"GET /api/v1/hr/completions/{pursuit}", "", "401 404 403 403 403 200 403 403"},
		{"DELETE /api/v1/hr/assignments/{+assignment}", "", "401 404 403 403 403 204 403 403"},
		{"GET /api/v1/hr/reconciliation", "", "401 200 403 403 403 200 403 403"},
		{"GET /api/v1/hr/exports/{=csv}", "", "401 200 403 403 403 200 403 403"},
		{"GET /api/v1/hr/exports/{=ledger}", "", "401 200 403 403 403 200 403 403"},
	}
}

// An upload belongs to the author who began it; videos belong to all authors of the town.
func videoRoutes() []route {
	return []route{
		{"GET /api/v1/uploads", "", "401 200 403 200 403 403 403 403"},
		{"POST /api/v1/uploads", `{"name":"x.mp4","size":4,"type":"video/mp4"}`, "401 201 403 201 403 403 403 403"},
		{"GET /api/v1/uploads/{upload}", "", "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/uploads/{upload}/parts", "", "401 404 403 200 403 403 403 403"},
		{"PUT /api/v1/uploads/{upload}/parts/{=1}", "film", "401 404 403 204 403 403 403 403"},
		{"POST /api/v1/uploads/{+sent}/finish", "", "401 404 403 200 403 403 403 403"},
		{"DELETE /api/v1/uploads/{+upload}", "", "401 404 403 204 403 403 403 403"},
		{"GET /api/v1/video-jobs", "", "401 403 403 403 403 403 403 200"},
		{"GET /api/v1/video-line", "", "401 403 403 403 403 403 403 200"},
		{"POST /api/v1/video-jobs/{town}/{video}/pause", "", "401 403 403 403 403 403 403 409"},
		{"POST /api/v1/video-jobs/{town}/{video}/resume", "", "401 403 403 403 403 403 403 409"},
		{"POST /api/v1/video-jobs/{town}/{video}/cancel", "", "401 403 403 403 403 403 403 409"},
		{"POST /api/v1/video-jobs/{town}/{video}/retry", "", "401 403 403 403 403 403 403 409"},
		{"GET /api/v1/videos", "", "401 200 403 200 403 403 403 403"},
		{"GET /api/v1/videos/{video}", "", "401 404 403 200 403 403 403 403"},
		{"DELETE /api/v1/videos/{video}", "", "401 404 403 409 403 403 403 403"},
		{"POST /api/v1/videos/{video}/retry", "", "401 404 403 409 403 403 403 403"},
		{"GET /api/v1/videos/{video}/playback", "", "401 404 403 200 403 403 403 403"},
		{"PUT /api/v1/videos/{video}/captions/{=en}", "WEBVTT\n\n00:00.000 --> 00:01.000\nWelcome.\n", "401 404 403 204 403 403 403 403"},
		{"GET /api/v1/videos/{video}/captions/{=en}", "", "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/videos/{video}/captions/{=en}/cues", "", "401 404 403 200 403 403 403 403"},
		{"PUT /api/v1/videos/{video}/captions/{=en}/cues", `{"cues":[{"start":0,"end":1,"text":"Welcome."}]}`, "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/videos/{video}/captions/{=en}/review", `{"cues":[{"start":0,"end":1,"text":"Welcome."}]}`, "401 404 403 200 403 403 403 403"},
		{"POST /api/v1/videos/{video}/align", `{"text":"Welcome."}`, "401 404 403 200 403 403 403 403"},
		{"GET /api/v1/videos/{video}/levels", "", "401 404 403 200 403 403 403 403"},
		{"PUT /api/v1/videos/{video}/access", `{"lang":"en","noSpeech":true,"undescribed":"A test picture."}`, "401 404 403 200 403 403 403 403"},
		{"DELETE /api/v1/videos/{video}/captions/{=en}", "", "401 404 403 204 403 403 403 403"},
	}
}
