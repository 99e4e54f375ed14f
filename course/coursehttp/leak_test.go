package coursehttp

import (
	"encoding/json"
	"strings"
	"testing"

	"palestra/course"
	"palestra/course/coursetest"
)

// TestAnswersStayOnTheServer: of a quiz with a question of each kind nothing tells an answer before it may be known.
func TestAnswersStayOnTheServer(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c := w.Course(t)
	e, err := w.Courses.Enrol(t.Context(), w.Ada, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	quiz := c.Modules[0].Lessons[2].ID
	sent := func(sh course.Sheet) string {
		t.Helper()
		b, err := json.Marshal(attemptBody(sh))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	telling := []string{`"expected"`, `"accepted"`, "open data", "dati aperti", "1234.5", "tolerance", `"feedback"`, `"match"`}
	for attempt := 1; attempt <= 2; attempt++ {
		sh, err := w.Courses.Begin(t.Context(), w.Ada, e.ID, quiz)
		if err != nil {
			t.Fatal(err)
		}
		open := sent(sh)
		for _, word := range append(telling, `"results"`, `"right":true`) {
			if strings.Contains(open, word) {
				t.Errorf("an open attempt tells %s: %s", word, open)
			}
		}
		for _, q := range attemptBody(sh).Questions {
			for _, m := range q.Matches {
				if len(q.Options) == 0 || m.ID == q.Options[0].ID || m.ID == q.Options[1].ID {
					t.Errorf("a partner is called like its choice: %+v", q)
				}
			}
		}
		sh, _, err = w.Courses.HandIn(t.Context(), w.Ada, sh.Attempt.ID, []course.Answer{{Question: "q1", Choices: []string{"a", "b"}}, {Question: "q5", Choices: []string{"h", "g", "f"}}})
		if err != nil {
			t.Fatal(err)
		}
		graded := sent(sh)
		for _, word := range telling[:6] {
			tells := strings.Contains(graded, word)
			if attempt == 1 && tells {
				t.Errorf("a failed attempt with another to come tells %s: %s", word, graded)
			}
			if attempt == 2 && !tells && word != "tolerance" && word != "dati aperti" {
				t.Errorf("the last attempt does not teach %s: %s", word, graded)
			}
		}
	}
}
