// Package coursehttp answers the course room's part of the JSON interface.
package coursehttp

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"palestra/course"
	"palestra/internal/markdown"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc       *course.Service
	markdown  *markdown.Renderer
	publicURL string
}

func out[T any](body T) *peoplehttp.Out[T] { return &peoplehttp.Out[T]{Body: body} }

// kind says of what a completion is one.
func kind(c *course.Completion) string {
	if c.Kind == course.KindProgramme {
		return "programme"
	}
	return "course"
}

// earned lists what a completed programme rests on.
func earned(c *course.Completion) []EarnedBody {
	out := make([]EarnedBody, 0, len(c.Earned))
	for _, e := range c.Earned {
		out = append(out, EarnedBody{Course: e.Course, Title: e.Title, Elective: e.Elective, Record: strconv.FormatInt(e.Ledger, 10), ID: e.Completion, Version: e.Version, Completed: e.At, Minutes: e.Minutes})
	}
	return out
}

func record(c course.Completion) string { return strconv.FormatInt(c.Ledger, 10) }

// Register adds the room's operations to the edge.
func Register(e *web.Edge, svc *course.Service, publicURL string) {
	h := &handlers{svc: svc, markdown: markdown.New(), publicURL: publicURL}
	api, tag := e.API, "learning"
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}, DefaultStatus: status}
	}
	huma.Register(api, op("home", http.MethodGet, "/home", "What to go on with, what is due, hours this year", 200), h.home)
	huma.Register(api, op("list-catalogue", http.MethodGet, "/catalogue", "Courses that may be begun", 200), h.catalogue)
	huma.Register(api, op("search-said", http.MethodGet, "/enrolments/{e}/said", "Where something is said in the videos of a course", 200), h.said)
	huma.Register(api, op("get-access-statement", http.MethodGet, "/accessibility/{organisation}", "What a town's published videos offer to those who do not see or hear them", 200), h.accessStatement)
	huma.Register(api, op("get-offer", http.MethodGet, "/catalogue/{id}", "One course of the catalogue", 200), h.offer)
	huma.Register(api, op("enrol", http.MethodPost, "/enrolments", "Begin a course", 200), h.enrol)
	huma.Register(api, op("list-enrolments", http.MethodGet, "/enrolments", "Own courses", 200), h.enrolments)
	huma.Register(api, op("get-enrolment", http.MethodGet, "/enrolments/{e}", "One of the own courses, and what is missing", 200), h.enrolment)
	huma.Register(api, op("get-enrolled-lesson", http.MethodGet, "/enrolments/{e}/lessons/{l}", "A lesson of one of the own courses", 200), h.enrolledLesson)
	huma.Register(api, op("play", http.MethodPost, "/enrolments/{e}/lessons/{l}/playback", "Open a playback", 200), h.play)
	huma.Register(api, op("read", http.MethodPost, "/enrolments/{e}/lessons/{l}/read", "The text was read to its end", 200), h.read)
	huma.Register(api, op("read-transcript", http.MethodPost, "/enrolments/{e}/lessons/{l}/transcript-read", "The transcript was read to its end", 200), h.readTranscript)
	huma.Register(api, op("report-fault", http.MethodPost, "/enrolments/{e}/lessons/{l}/faults", "Tell the author of a fault", 204), h.report)
	huma.Register(api, op("begin-attempt", http.MethodPost, "/enrolments/{e}/lessons/{l}/attempts", "Begin a quiz, or go on with it", 200), h.begin)
	huma.Register(api, op("answer-stop", http.MethodPost, "/enrolments/{e}/lessons/{l}/stops/{s}", "Answer a question at which the video stops", 200), h.answerStop)
	huma.Register(api, op("list-lesson-files", http.MethodGet, "/enrolments/{e}/lessons/{l}/files", "What of a lesson's video can be taken along", 200), h.files)
	huma.Register(api, op("take-along", http.MethodPost, "/enrolments/{e}/lessons/{l}/files", "The address of a file to be taken along", 200), h.takeAlong)
	huma.Register(api, op("list-notes", http.MethodGet, "/enrolments/{e}/notes", "Own notes in a course", 200), h.notes)
	huma.Register(api, op("add-note", http.MethodPost, "/enrolments/{e}/lessons/{l}/notes", "Keep a note at a second of a video", 201), h.addNote)
	huma.Register(api, op("change-note", http.MethodPatch, "/enrolments/{e}/notes/{n}", "Write a note anew", 200), h.changeNote)
	huma.Register(api, op("delete-note", http.MethodDelete, "/enrolments/{e}/notes/{n}", "Remove a note", 204), h.deleteNote)
	huma.Register(api, op("save-notes", http.MethodGet, "/enrolments/{e}/notes-text", "Own notes in a course as a text", 200), h.notesText)
	huma.Register(api, op("get-takeaway", http.MethodGet, "/takeaway", "May learners take along videos of the town's courses?", 200), h.takeaway)
	huma.Register(api, op("set-takeaway", http.MethodPut, "/takeaway", "Decide whether learners may take along videos of the town's courses", 200), h.setTakeaway)
	huma.Register(api, op("renew-credential", http.MethodPost, "/enrolments/{e}/credential", "A fresh credential for the outbox", 200), h.credential)
	huma.Register(api, op("get-attempt", http.MethodGet, "/attempts/{a}", "One of the own attempts", 200), h.attempt)
	huma.Register(api, op("hand-in", http.MethodPost, "/attempts/{a}", "Hand an attempt in", 200), h.handIn)
	huma.Register(api, op("get-certificate", http.MethodGet, "/certificates/{id}", "One of the own completions", 200), h.certificate)
	huma.Register(api, op("list-programme-catalogue", http.MethodGet, "/programme-catalogue", "Programmes that may be begun", 200), h.programmeCatalogue)
	huma.Register(api, op("get-programme-offer", http.MethodGet, "/programme-catalogue/{id}", "One programme of the catalogue, and what of it is done", 200), h.programmeOffered)
	huma.Register(api, op("pursue-programme", http.MethodPost, "/programme-enrolments", "Begin a programme, or go on with its later version", 200), h.pursue)
	huma.Register(api, op("list-programme-enrolments", http.MethodGet, "/programme-enrolments", "Own programmes", 200), h.pursuits)
	huma.Register(api, op("get-programme-enrolment", http.MethodGet, "/programme-enrolments/{e}", "One of the own programmes, and what is missing", 200), h.pursuit)

	tag = "authoring"
	huma.Register(api, op("list-programmes", http.MethodGet, "/programmes", "Programmes of the own organisation", 200), h.programmes)
	huma.Register(api, op("create-programme", http.MethodPost, "/programmes", "Make a programme", 201), h.createProgramme)
	huma.Register(api, op("get-programme", http.MethodGet, "/programmes/{id}", "One programme, and what it lacks", 200), h.programme)
	huma.Register(api, op("update-programme", http.MethodPatch, "/programmes/{id}", "Change a programme", 200), h.updateProgramme)
	huma.Register(api, op("delete-programme", http.MethodDelete, "/programmes/{id}", "Delete a programme that was never published", 204), h.deleteProgramme)
	huma.Register(api, op("publish-programme", http.MethodPost, "/programmes/{id}/publish", "Publish the draft as the next version", 200), h.publishProgramme)
	huma.Register(api, op("unpublish-programme", http.MethodPost, "/programmes/{id}/unpublish", "Withdraw from the catalogue", 200), h.unpublishProgramme)
	huma.Register(api, op("preview-programme-move", http.MethodGet, "/programmes/{id}/followers", "What moving followers of earlier versions to the offered one would mean", 200), h.previewMove)
	huma.Register(api, op("move-followers", http.MethodPost, "/programmes/{id}/followers", "Let followers of earlier versions go on with the offered one", 202), h.moveFollowers)
	huma.Register(api, op("list-courses", http.MethodGet, "/courses", "Drafts of the own organisation", 200), h.courses)
	huma.Register(api, op("create-course", http.MethodPost, "/courses", "Make a course", 201), h.create)
	huma.Register(api, op("get-course", http.MethodGet, "/courses/{id}", "One draft, and what it lacks", 200), h.course)
	huma.Register(api, op("update-course", http.MethodPatch, "/courses/{id}", "Change a draft", 200), h.update)
	huma.Register(api, op("delete-course", http.MethodDelete, "/courses/{id}", "Delete a course that was never published", 204), h.delete)
	huma.Register(api, op("arrange-course", http.MethodPut, "/courses/{id}/outline", "Bring modules and lessons into order", 200), h.arrange)
	huma.Register(api, op("add-module", http.MethodPost, "/courses/{id}/modules", "Add a module", 201), h.addModule)
	huma.Register(api, op("rename-module", http.MethodPatch, "/courses/{id}/modules/{m}", "Rename a module", 200), h.renameModule)
	huma.Register(api, op("delete-module", http.MethodDelete, "/courses/{id}/modules/{m}", "Remove an empty module", 200), h.deleteModule)
	huma.Register(api, op("add-lesson", http.MethodPost, "/courses/{id}/modules/{m}/lessons", "Add a lesson", 201), h.addLesson)
	huma.Register(api, op("get-lesson", http.MethodGet, "/courses/{id}/lessons/{l}", "The draft of a lesson", 200), h.lesson)
	huma.Register(api, op("save-lesson", http.MethodPut, "/courses/{id}/lessons/{l}", "Save the draft of a lesson", 200), h.saveLesson)
	huma.Register(api, op("delete-lesson", http.MethodDelete, "/courses/{id}/lessons/{l}", "Delete a lesson from the draft", 204), h.deleteLesson)
	huma.Register(api, op("publish-course", http.MethodPost, "/courses/{id}/publish", "Publish the draft as the next version", 200), h.publish)
	huma.Register(api, op("unpublish-course", http.MethodPost, "/courses/{id}/unpublish", "Withdraw from the catalogue", 200), h.unpublish)
	huma.Register(api, op("duplicate-course", http.MethodPost, "/courses/{id}/duplicate", "Copy into a new draft", 201), h.duplicate)
	huma.Register(api, op("list-versions", http.MethodGet, "/courses/{id}/versions", "Published versions", 200), h.versions)
	huma.Register(api, op("move-learners", http.MethodPost, "/courses/{id}/versions/{n}/move-learners", "Let learners go on with this version", 200), h.moveLearners)
	huma.Register(api, op("preview-course", http.MethodGet, "/courses/{id}/preview", "The draft as a learner would see it", 200), h.preview)
	huma.Register(api, op("preview-lesson", http.MethodGet, "/courses/{id}/preview/lessons/{l}", "A lesson of the draft as a learner would see it", 200), h.previewLesson)
	huma.Register(api, op("try-quiz", http.MethodPost, "/courses/{id}/preview/lessons/{l}/attempt", "Grade answers to a draft's quiz, without a trace", 200), h.tryQuiz)
	huma.Register(api, op("try-stop", http.MethodPost, "/courses/{id}/preview/lessons/{l}/stops/{s}", "Grade an answer to a question in a draft's video, without a trace", 200), h.tryStop)
	huma.Register(api, op("get-heat", http.MethodGet, "/courses/{id}/lessons/{l}/heat", "How a lesson's video was watched, second by second", 200), h.heat)
	huma.Register(api, op("list-faults", http.MethodGet, "/courses/{id}/faults", "Faults that learners reported", 200), h.faults)
	huma.Register(api, op("list-latest-faults", http.MethodGet, "/faults", "Faults that learners reported, of all courses", 200), h.latestFaults)
	huma.Register(api, op("render-markdown", http.MethodPost, "/markdown", "Render Markdown as lessons do", 200), h.render)

	tag = "hr"
	huma.Register(api, op("list-hr-people", http.MethodGet, "/hr/people", "People and what they have done", 200), h.hrPeople)
	huma.Register(api, op("list-completions", http.MethodGet, "/hr/completions", "Who has completed what, or is on the way", 200), h.completions)
	huma.Register(api, op("get-completion", http.MethodGet, "/hr/completions/{id}", "One completion or enrolment with its evidence", 200), h.completion)
	huma.Register(api, op("correct-completion", http.MethodPost, "/hr/completions/{id}/corrections", "Put a mistake right by a further entry", 200), h.correct)
	huma.Register(api, op("list-followed-programmes", http.MethodGet, "/hr/programmes", "Programmes that people follow, and how many", 200), h.followedProgrammes)
	huma.Register(api, op("list-followers", http.MethodGet, "/hr/programmes/{id}/followers", "Who is on the way in a programme, late, or done", 200), h.followers)
	huma.Register(api, op("list-assignments", http.MethodGet, "/hr/assignments", "Courses that people are asked to complete", 200), h.assignments)
	huma.Register(api, op("assign", http.MethodPost, "/hr/assignments", "Ask people to complete a course by a day", 201), h.assign)
	huma.Register(api, op("cancel-assignment", http.MethodDelete, "/hr/assignments/{id}", "Take an assignment back", 204), h.cancelAssignment)
	huma.Register(api, op("reconcile", http.MethodGet, "/hr/reconciliation", "Do records, ledger and statements agree?", 200), h.reconcile)
}
