package course

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"palestra/internal/fault"
)

// Kinds of questions.
const (
	QuestionSingle   = "single"   // one choice
	QuestionMultiple = "multiple" // every right choice and no other
	QuestionText     = "text"     // a short text
	QuestionNumber   = "number"
	QuestionOrder    = "ordering" // choices in the right order
	QuestionMatch    = "matching" // a partner for each choice
)

// Quiz is a set of questions that the server grades.
type Quiz struct {
	Pass      int        `bson:"pass"`     // questions that must be right
	Attempts  int        `bson:"attempts"` // at most; 0 for any number
	Shuffle   bool       `bson:"shuffle"`  // questions and choices in another order each time
	Questions []Question `bson:"questions"`
}

// Question is one question. Which fields count depends on its kind.
type Question struct {
	ID        string   `bson:"id"`
	Kind      string   `bson:"kind"`
	Prompt    Text     `bson:"prompt"`
	Choices   []Choice `bson:"choices"`   // single, multiple; ordering: in the right order; matching: each with its partner
	Accept    []Text   `bson:"accept"`    // text: any of these, in any language
	Number    float64  `bson:"number"`    // number
	Tolerance float64  `bson:"tolerance"` // number: how far off is still right, ≥ 0
	Feedback  Text     `bson:"feedback"`  // what the question teaches, shown after the attempt
}

// Choice is one choice of a question.
type Choice struct {
	ID       string `bson:"id"`
	Text     Text   `bson:"text"`
	Right    bool   `bson:"right"`
	Feedback Text   `bson:"feedback"` // shown to who chose it
	Partner  Text   `bson:"partner"`  // match: what belongs to it
}

// Answer is what a learner answered to one question.
type Answer struct {
	Question string            `bson:"question"`
	Choices  []string          `bson:"choices"` // single, multiple, order
	Text     string            `bson:"text"`    // text, number as it was typed
	Number   *float64          `bson:"number"`  // number, if the page has read it already
	Pairs    map[string]string `bson:"pairs"`   // match: choice id to the id of the choice whose partner was given
}

// check refuses what cannot be asked and fills ids in.
func (q *Quiz) check(newID func() string) error {
	if len(q.Questions) > maxQuestions {
		return fault.New(fault.Invalid, "course.quiz_long", "a quiz has at most %d questions", maxQuestions).With("max", maxQuestions).At("body.quiz", "course.quiz_long")
	}
	if q.Pass < 0 || q.Pass > len(q.Questions) || q.Attempts < 0 || q.Attempts > 100 {
		return fault.New(fault.Invalid, "course.quiz_pass", "the pass mark lies between 0 and the number of questions").At("body.quiz.pass", "course.quiz_pass")
	}
	seen := map[string]bool{}
	for i := range q.Questions {
		if err := q.Questions[i].check("body.quiz.questions["+strconv.Itoa(i)+"]", newID); err != nil {
			return err
		}
		if seen[q.Questions[i].ID] {
			return fault.New(fault.Invalid, "course.quiz_ids", "two questions have one id").At("body.quiz.questions["+strconv.Itoa(i)+"].id", "course.quiz_ids")
		}
		seen[q.Questions[i].ID] = true
	}
	return nil
}

func (q *Question) check(path string, newID func() string) (err error) {
	if !slices.Contains([]string{QuestionSingle, QuestionMultiple, QuestionText, QuestionNumber, QuestionOrder, QuestionMatch}, q.Kind) {
		return fault.New(fault.Invalid, "course.question_kind", "no such kind of question").At(path+".kind", "course.question_kind")
	}
	if q.ID == "" {
		q.ID = newID()
	}
	if q.Prompt, err = q.Prompt.Check(path+".prompt", maxSummary); err != nil {
		return err
	}
	if q.Feedback, err = q.Feedback.Check(path+".feedback", maxSummary); err != nil {
		return err
	}
	if len(q.Choices) > maxChoices || len(q.Accept) > maxChoices {
		return fault.New(fault.Invalid, "course.choices", "a question has at most %d choices", maxChoices).With("max", maxChoices).At(path+".choices", "course.choices")
	}
	ids := map[string]bool{}
	for i := range q.Choices {
		c := &q.Choices[i]
		at := path + ".choices[" + strconv.Itoa(i) + "]"
		if c.ID == "" {
			c.ID = newID()
		}
		if ids[c.ID] {
			return fault.New(fault.Invalid, "course.quiz_ids", "two choices have one id").At(at+".id", "course.quiz_ids")
		}
		ids[c.ID] = true
		if c.Text, err = c.Text.Check(at+".text", maxSummary); err != nil {
			return err
		}
		if c.Feedback, err = c.Feedback.Check(at+".feedback", maxSummary); err != nil {
			return err
		}
		if c.Partner, err = c.Partner.Check(at+".partner", maxSummary); err != nil {
			return err
		}
	}
	for i := range q.Accept {
		if q.Accept[i], err = q.Accept[i].Check(path+".accept["+strconv.Itoa(i)+"]", maxTitle); err != nil {
			return err
		}
	}
	if math.IsNaN(q.Number) || math.IsInf(q.Number, 0) || q.Tolerance < 0 || math.IsNaN(q.Tolerance) || math.IsInf(q.Tolerance, 0) {
		return fault.New(fault.Invalid, "course.question_number", "a number and a tolerance of 0 or more are needed").At(path+".number", "course.question_number")
	}
	return nil
}

// gaps lists what a question lacks to be published, as paths.
func (q *Question) gaps(language string) []string {
	var g []string
	if !q.Prompt.has(language) {
		g = append(g, "prompt")
	}
	right := 0
	for _, c := range q.Choices {
		if !c.Text.has(language) {
			g = append(g, "choice")
		}
		if c.Right {
			right++
		}
		if q.Kind == QuestionMatch && !c.Partner.has(language) {
			g = append(g, "partner")
		}
	}
	switch q.Kind {
	case QuestionSingle:
		if len(q.Choices) < 2 || right != 1 {
			g = append(g, "right")
		}
	case QuestionMultiple:
		if len(q.Choices) < 2 || right < 1 {
			g = append(g, "right")
		}
	case QuestionOrder, QuestionMatch:
		if len(q.Choices) < 2 {
			g = append(g, "choices")
		}
	case QuestionText:
		if len(q.Accept) == 0 || !slices.ContainsFunc(q.Accept, func(t Text) bool { return len(t) > 0 }) {
			g = append(g, "accept")
		}
	}
	return slices.Compact(g)
}

// right reports whether an answer is right. An answer that does not fit its question is wrong, not an error.
func (q *Question) right(a Answer) bool {
	switch q.Kind {
	case QuestionSingle, QuestionMultiple:
		var want []string
		for _, c := range q.Choices {
			if c.Right {
				want = append(want, c.ID)
			}
		}
		got := slices.Sorted(slices.Values(a.Choices))
		slices.Sort(want)
		return slices.Equal(slices.Compact(got), want) && len(got) == len(a.Choices)
	case QuestionOrder:
		return slices.EqualFunc(q.Choices, a.Choices, func(c Choice, id string) bool { return c.ID == id })
	case QuestionMatch:
		for _, c := range q.Choices {
			// Two choices may have the same partner in words; either is right then.
			given := slices.IndexFunc(q.Choices, func(o Choice) bool { return o.ID == a.Pairs[c.ID] })
			if given < 0 || !samePartner(q.Choices[given].Partner, c.Partner) {
				return false
			}
		}
		return len(q.Choices) > 0
	case QuestionText:
		got := plain(a.Text)
		for _, t := range q.Accept {
			for _, s := range t {
				if got != "" && plain(s) == got {
					return true
				}
			}
		}
	case QuestionNumber:
		n, ok := number(a.Text)
		if a.Number != nil {
			n, ok = *a.Number, true
		}
		// A ten-thousandth of a per cent is lent to binary fractions.
		return ok && math.Abs(n-q.Number) <= q.Tolerance+1e-9*math.Max(1, math.Abs(q.Number))
	}
	return false
}

func samePartner(a, b Text) bool {
	for l, s := range a {
		if b[l] != s {
			return false
		}
	}
	return len(a) == len(b)
}

// plain returns a short text as it is compared: without case, spare spaces and signs at its ends.
func plain(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	return strings.Trim(strings.Join(strings.Fields(s), " "), " .,;:!?\"'«»„“”’")
}

// number reads a number as people of all our languages write it: a decimal comma or point, spaces, apostrophes or
// points between thousands.
func number(s string) (float64, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "", "−", "-").Replace(strings.TrimSpace(s))
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case point >= 0 && comma >= 0 && point > comma:
		s = strings.ReplaceAll(s, ",", "")
	case point >= 0 && comma >= 0:
		s = strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	case comma >= 0 && strings.Count(s, ",") == 1:
		s = strings.Replace(s, ",", ".", 1)
	case strings.Count(s, ".") > 1:
		s = strings.ReplaceAll(s, ".", "")
	}
	if s == "" || strings.ContainsAny(s, "xXpPiInN_") { // no hexadecimal, infinities or underscores
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsInf(n, 0)
}

// arrange returns the order in which an attempt shows questions and, by question, choices. Choices of questions that
// ask for an order are always shuffled; partners are shuffled by the pages' own list.
func (q *Quiz) arrange(r *rand.Rand) (questions []string, choices map[string][]string) {
	choices = map[string][]string{}
	for _, x := range q.Questions {
		questions = append(questions, x.ID)
		ids := make([]string, len(x.Choices))
		for i, c := range x.Choices {
			ids[i] = c.ID
		}
		if q.Shuffle || x.Kind == QuestionOrder {
			for range 5 { // an order question must not begin solved
				r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
				if x.Kind != QuestionOrder || !slices.EqualFunc(x.Choices, ids, func(c Choice, id string) bool { return c.ID == id }) {
					break
				}
			}
		}
		choices[x.ID] = ids
		if x.Kind == QuestionMatch {
			partners := slices.Clone(ids)
			r.Shuffle(len(partners), func(i, j int) { partners[i], partners[j] = partners[j], partners[i] })
			choices[x.ID+"/partners"] = partners
		}
	}
	if q.Shuffle {
		r.Shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
	}
	return questions, choices
}
