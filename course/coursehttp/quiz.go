package coursehttp

import (
	"slices"

	"palestra/course"
)

// OptionBody is a choice as a learner sees it.
type OptionBody struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
}

// QuestionBody is a question as a learner sees it: nothing in it tells the answer.
type QuestionBody struct {
	ID      string       `json:"id"`
	Kind    string       `json:"kind" enum:"single,multiple,text,number,ordering,matching"`
	Prompt  Text         `json:"prompt"`
	Options []OptionBody `json:"options,omitempty" doc:"single, multiple, ordering; matching: the left side"`
	Matches []OptionBody `json:"matches,omitempty" doc:"matching: the right side"`
}

// AnswerBody is an answer to one question.
type AnswerBody struct {
	Question string            `json:"question" maxLength:"64"`
	Choices  []string          `json:"choices,omitempty" maxItems:"50"`
	Text     string            `json:"text,omitempty" maxLength:"1000"`
	Number   *float64          `json:"number,omitempty"`
	Pairs    map[string]string `json:"pairs,omitempty" doc:"matching: left to right"`
}

// ResultBody is what came of one question.
type ResultBody struct {
	Question string      `json:"question"`
	Right    bool        `json:"right"`
	Feedback []Text      `json:"feedback,omitempty" doc:"To what was chosen, then to the question"`
	Given    *AnswerBody `json:"given,omitempty"`
	Expected *AnswerBody `json:"expected,omitempty" doc:"Once it may be known: passed, or no attempt left"`
	Accepted []Text      `json:"accepted,omitempty" doc:"text: what is right, once it may be known"`
}

// AttemptBody is an attempt at a quiz.
type AttemptBody struct {
	ID           string         `json:"id"`
	Number       int            `json:"number"`
	Enrolment    string         `json:"enrolment"`
	Lesson       string         `json:"lesson"`
	State        string         `json:"state" enum:"open,graded"`
	Questions    []QuestionBody `json:"questions"`
	Of           int            `json:"of"`
	Pass         int            `json:"pass"`
	Score        int            `json:"score"`
	Passed       bool           `json:"passed"`
	AttemptsLeft int            `json:"attemptsLeft" doc:"-1 for any number"`
	Results      []ResultBody   `json:"results,omitempty"`
}

func attemptBody(sh course.Sheet) AttemptBody {
	a := sh.Attempt
	b := AttemptBody{ID: a.ID, Number: a.Number, Enrolment: a.Enrolment, Lesson: a.Lesson, State: "open", Questions: []QuestionBody{}, Of: len(a.Questions),
		Pass: sh.Quiz.Pass, AttemptsLeft: sh.AttemptsLeft}
	for _, id := range a.Questions {
		i := slices.IndexFunc(sh.Quiz.Questions, func(q course.Question) bool { return q.ID == id })
		if i < 0 {
			continue
		}
		q := &sh.Quiz.Questions[i]
		b.Questions = append(b.Questions, questionBody(q, a.Choices))
		if a.HandedIn != nil {
			b.Results = append(b.Results, result(q, &sh))
		}
	}
	if a.HandedIn != nil {
		b.State, b.Score, b.Passed = "graded", len(a.Right), a.Passed
	}
	return b
}

func questionBody(q *course.Question, order map[string][]string) QuestionBody {
	b := QuestionBody{ID: q.ID, Kind: q.Kind, Prompt: q.Prompt}
	for _, id := range order[q.ID] {
		if c := choice(q, id); c != nil {
			b.Options = append(b.Options, OptionBody{ID: id, Text: c.Text})
		}
	}
	for i, id := range order[q.ID+"/partners"] {
		if c := choice(q, id); c != nil {
			b.Matches = append(b.Matches, OptionBody{ID: partner(i), Text: c.Partner})
		}
	}
	return b
}

func choice(q *course.Question, id string) *course.Choice {
	for i := range q.Choices {
		if q.Choices[i].ID == id {
			return &q.Choices[i]
		}
	}
	return nil
}

func result(q *course.Question, sh *course.Sheet) ResultBody {
	a := sh.Attempt
	r := ResultBody{Question: q.ID, Right: slices.Contains(a.Right, q.ID)}
	shown := a.Choices[q.ID+"/partners"]
	if i := slices.IndexFunc(a.Answers, func(x course.Answer) bool { return x.Question == q.ID }); i >= 0 {
		g := a.Answers[i]
		r.Given = &AnswerBody{Question: q.ID, Choices: g.Choices, Text: g.Text, Number: g.Number, Pairs: pairs(g.Pairs, shown)}
		for _, id := range g.Choices {
			if c := choice(q, id); c != nil && len(c.Feedback) > 0 && q.Kind != course.QuestionOrder {
				r.Feedback = append(r.Feedback, c.Feedback)
			}
		}
	}
	// The question's own feedback teaches the answer, so it waits until the answer may be known.
	if (r.Right || sh.Reveal()) && len(q.Feedback) > 0 {
		r.Feedback = append(r.Feedback, q.Feedback)
	}
	if sh.Reveal() {
		r.Expected = expected(q, shown)
		if q.Kind == course.QuestionText {
			r.Accepted = q.Accept
		}
	}
	return r
}

func expected(q *course.Question, shown []string) *AnswerBody {
	e := &AnswerBody{Question: q.ID}
	switch q.Kind {
	case course.QuestionSingle, course.QuestionMultiple:
		for _, c := range q.Choices {
			if c.Right {
				e.Choices = append(e.Choices, c.ID)
			}
		}
	case course.QuestionOrder:
		for _, c := range q.Choices {
			e.Choices = append(e.Choices, c.ID)
		}
	case course.QuestionNumber:
		e.Number = &q.Number
	case course.QuestionMatch:
		own := map[string]string{}
		for _, c := range q.Choices {
			own[c.ID] = c.ID
		}
		e.Pairs = pairs(own, shown)
	}
	return e
}

// pairs names partners as the page knows them.
func pairs(in map[string]string, shown []string) map[string]string {
	if len(in) == 0 {
		return nil
	}
	out := map[string]string{}
	for left, right := range in {
		if i := slices.Index(shown, right); i >= 0 {
			out[left] = partner(i)
		}
	}
	return out
}

func answers(in []AnswerBody) []course.Answer {
	out := make([]course.Answer, 0, len(in))
	for _, a := range in {
		out = append(out, course.Answer{Question: a.Question, Choices: a.Choices, Text: a.Text, Number: a.Number, Pairs: a.Pairs})
	}
	return out
}
