package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"palestra/cmd/palestra/films"
	"palestra/cmd/palestra/world"
	"palestra/course"
	"palestra/people"
	"palestra/video"
	"palestra/video/caption"
)

// courseSteps write, publish, change and withdraw courses.
func (d *demo) courseSteps() []step {
	var steps []step
	for i := range d.world.Courses {
		c := &d.world.Courses[i]
		at := func(day, hour int) time.Time { return demoWorkday(d.monday, day, hour, 7*i) }
		name := c.Title[c.Languages[0]]
		n := 0
		for m := range c.Modules {
			for l := range c.Modules[m].Lessons {
				lesson := &c.Modules[m].Lessons[l]
				steps = append(steps, step{at(c.Begun, 10).Add(time.Duration(25*n) * time.Minute), "writing “" + lesson.Title[c.Languages[0]] + "”",
					func(ctx context.Context) (bool, error) { return d.write(ctx, c, m, lesson) }})
				n++
			}
		}
		if c.Published != nil {
			steps = append(steps, step{at(*c.Published, 15), "publishing “" + name + "”", func(ctx context.Context) (bool, error) {
				return d.publish(ctx, c, 1, "")
			}})
		}
		if c.Again != nil {
			steps = append(steps, step{at(c.Again.Day, 15), "publishing “" + name + "” again", func(ctx context.Context) (bool, error) {
				return d.again(ctx, c)
			}})
		}
		if c.Unpublished != nil {
			steps = append(steps, step{at(*c.Unpublished, 15), "withdrawing “" + name + "”", func(ctx context.Context) (bool, error) {
				return d.withdraw(ctx, c)
			}})
		}
	}
	return steps
}

// draft returns the draft of a course by its title; nil if it is not begun.
func (d *demo) draft(ctx context.Context, c *world.Course) (*course.Course, error) {
	by := d.reader(c.Town)
	if id := d.filed[c.Slug]; id != "" {
		found, err := d.course.Course(ctx, by, id)
		return &found, err
	}
	for cursor := ""; ; {
		p, err := d.course.Courses(ctx, by, cursor, 100)
		if err != nil {
			return nil, err
		}
		for i := range p.Docs {
			if p.Docs[i].Title[c.Languages[0]] == c.Title[c.Languages[0]] {
				d.filed[c.Slug] = p.Docs[i].ID
				return &p.Docs[i], nil
			}
		}
		if cursor = p.Next; cursor == "" {
			return nil, nil //nolint:nilnil // not begun
		}
	}
}

// write brings a lesson into the draft, with everything around it that is not there yet.
func (d *demo) write(ctx context.Context, c *world.Course, module int, l *world.Lesson) (changed bool, err error) {
	draft, err := d.draft(ctx, c)
	if err != nil {
		return false, err
	}
	if draft != nil && draft.Version > 0 {
		return false, nil
	}
	first := c.Languages[0]
	same := func(a, b course.Text) bool { return a[first] == b[first] }
	title := course.Text(l.Title)
	var ref *course.LessonRef
	at := -1
	if draft != nil {
		at = slices.IndexFunc(draft.Modules, func(m course.Module) bool { return same(m.Title, c.Modules[module].Title) })
		if at >= 0 {
			if i := slices.IndexFunc(draft.Modules[at].Lessons, func(r course.LessonRef) bool { return same(r.Title, title) }); i >= 0 {
				ref = &draft.Modules[at].Lessons[i]
			}
		}
	}
	if ref != nil {
		doc, err := d.course.Lesson(ctx, d.reader(c.Town), draft.ID, ref.ID)
		if err != nil || d.written(&doc, l) {
			return false, err
		}
	}
	by, err := d.actor(ctx, c.Town, c.Author)
	if err != nil {
		return false, err
	}
	if draft == nil || draft.Minutes == 0 {
		if draft, err = d.beginCourse(ctx, by, c, draft); err != nil {
			return false, err
		}
	}
	if at < 0 {
		next, err := d.course.AddModule(ctx, by, draft.ID, course.Text(c.Modules[module].Title))
		if err != nil {
			return false, err
		}
		draft, at = &next, len(next.Modules)-1
	}
	var doc course.Lesson
	if ref == nil {
		doc, err = d.course.AddLesson(ctx, by, draft.ID, draft.Modules[at].ID, l.Kind, title)
	} else {
		doc, err = d.course.Lesson(ctx, by, draft.ID, ref.ID)
	}
	if err != nil {
		return false, err
	}
	d.clock.Pass(12 * time.Minute)
	doc.Body, doc.Optional, doc.TranscriptCounts = course.Text(l.Body), l.Optional, l.Kind == course.KindVideo
	doc.Quiz = quizOf(l.Quiz)
	if l.Film != nil {
		if doc.Video, err = d.film(ctx, by, doc.ID, l.Film); err != nil {
			return false, err
		}
	}
	_, err = d.course.SaveLesson(ctx, by, 0, doc)
	return true, err
}

// written reports whether a lesson of the draft holds what it is to hold.
func (d *demo) written(doc *course.Lesson, l *world.Lesson) bool {
	return maps.Equal(doc.Body, course.Text(l.Body)) && (l.Film == nil || doc.Video != "") && (l.Quiz == nil || doc.Quiz != nil && len(doc.Quiz.Questions) == len(l.Quiz.Questions))
}

func (d *demo) beginCourse(ctx context.Context, by people.Actor, c *world.Course, draft *course.Course) (*course.Course, error) {
	if draft == nil {
		made, err := d.course.Create(ctx, by, course.Text(c.Title), c.Languages)
		if err != nil {
			return nil, err
		}
		d.filed[c.Slug] = made.ID
		draft = &made
	}
	minutes := c.Minutes
	changed, err := d.course.Update(ctx, by, draft.ID, 0, course.Change{Title: course.Text(c.Title), Summary: course.Text(c.Summary), Minutes: &minutes,
		Audience: &course.Audience{Kind: c.Audience}})
	return &changed, err
}

func quizOf(q *world.Quiz) *course.Quiz {
	if q == nil {
		return nil
	}
	out := &course.Quiz{Pass: q.Pass, Attempts: q.Attempts, Questions: []course.Question{}}
	for _, x := range q.Questions {
		y := course.Question{Kind: x.Kind, Prompt: course.Text(x.Prompt), Number: x.Number, Tolerance: x.Tolerance, Feedback: course.Text(x.Feedback)}
		for _, a := range x.Accept {
			y.Accept = append(y.Accept, course.Text(a))
		}
		for _, ch := range x.Choices {
			y.Choices = append(y.Choices, course.Choice{Text: course.Text(ch.Text), Right: ch.Right, Feedback: course.Text(ch.Feedback), Partner: course.Text(ch.Partner)})
		}
		out.Questions = append(out.Questions, y)
	}
	return out
}

// publish publishes a version that is not published yet.
func (d *demo) publish(ctx context.Context, c *world.Course, version int, note string) (bool, error) {
	draft, err := d.draft(ctx, c)
	if err != nil {
		return false, err
	}
	if draft == nil {
		return false, errors.New("there is no draft")
	}
	if draft.Version >= version {
		return false, nil
	}
	by, err := d.actor(ctx, c.Town, c.Author)
	if err != nil {
		return false, err
	}
	gaps, err := d.course.Gaps(ctx, by, draft.ID)
	if err != nil {
		return false, err
	}
	if len(gaps) > 0 {
		return false, fmt.Errorf("the draft has gaps: %+v", gaps)
	}
	_, err = d.course.Publish(ctx, by, draft.ID, 0, note)
	return true, err
}

// again changes a published course and publishes it once more; who has begun keeps her version.
func (d *demo) again(ctx context.Context, c *world.Course) (bool, error) {
	draft, err := d.draft(ctx, c)
	if err != nil || draft == nil || draft.Version != 1 {
		return false, err
	}
	if draft.Summary[c.Languages[0]] != c.Again.Summary[c.Languages[0]] {
		by, err := d.actor(ctx, c.Town, c.Author)
		if err != nil {
			return false, err
		}
		if _, err := d.course.Update(ctx, by, draft.ID, 0, course.Change{Summary: course.Text(c.Again.Summary)}); err != nil {
			return false, err
		}
	}
	return d.publish(ctx, c, 2, c.Again.Note)
}

func (d *demo) withdraw(ctx context.Context, c *world.Course) (bool, error) {
	draft, err := d.draft(ctx, c)
	if err != nil || draft == nil || draft.State != course.StatePublished {
		return false, err
	}
	by, err := d.actor(ctx, c.Town, c.Author)
	if err != nil {
		return false, err
	}
	_, err = d.course.Unpublish(ctx, by, draft.ID)
	return true, err
}

// film makes a lesson's film, uploads it and waits until it can be watched, with captions. It goes on where an earlier
// run was interrupted.
func (d *demo) film(ctx context.Context, by people.Actor, lesson string, s *films.Script) (id string, err error) {
	v, err := d.uploaded(ctx, by, s.File)
	if err != nil {
		return "", err
	}
	d.show.say("the film “" + s.Title + "”: speaking")
	spoken, err := films.Speak(ctx, d.voice, *s)
	if err != nil {
		return "", err
	}
	if v == nil || v.State == video.Uploading {
		d.show.say("the film “" + s.Title + "”: drawing")
		if v, err = d.shoot(ctx, by, lesson, s, spoken); err != nil {
			return "", err
		}
	}
	d.show.say("the film “" + s.Title + "”: encoding")
	for range 6 {
		if v.State == video.Ready {
			break
		}
		if v.State == video.Failed {
			if _, err := d.video.Retry(ctx, by, v.ID); err != nil {
				return "", err
			}
		}
		if err := d.video.Process(ctx, by.Organisation, v.ID); err != nil {
			return "", err
		}
		now, err := d.video.Get(ctx, by.Organisation, v.ID)
		if err != nil {
			return "", err
		}
		if v = &now; v.State != video.Ready {
			d.clock.Pass(time.Minute) // somebody who has died may still hold it
		}
	}
	if v.State != video.Ready {
		return "", fmt.Errorf("the film %s is %s: %s", s.File, v.State, v.Reason)
	}
	for _, lang := range slices.Sorted(slices.Values(s.Languages())) {
		if slices.ContainsFunc(v.Captions, func(c video.Caption) bool { return c.Lang == lang && c.Kind == caption.Captions }) {
			continue
		}
		if _, err := d.video.PutCaptions(ctx, by, v.ID, video.Track{Kind: caption.Captions, Lang: lang}, "", bytes.NewReader(spoken.Captions(lang))); err != nil {
			return "", err
		}
	}
	// Every sentence of these films says what its slide shows.
	if v.Access.Lang == "" {
		if _, err := d.video.SetAccess(ctx, by, v.ID, video.Access{Lang: s.Speaks, Undescribed: undescribed(s.Speaks)}); err != nil {
			return "", err
		}
	}
	return v.ID, nil
}

func undescribed(lang string) string {
	reasons := map[string]string{
		"de": "Alles, was auf den Folien zu sehen ist, wird auch gesagt.",
		"it": "Tutto ciò che si vede sulle diapositive viene anche detto.",
		"fr": "Tout ce qui se voit sur les diapositives est aussi dit.",
		"es": "Todo lo que se ve en las diapositivas también se dice.",
		"pt": "Tudo o que se vê nos diapositivos também é dito.",
		"sv": "Allt som syns på bilderna sägs också.",
		"fi": "Kaikki dioilla näkyvä myös sanotaan.",
		"pl": "Wszystko, co widać na slajdach, jest też powiedziane.",
	}
	if r, ok := reasons[lang]; ok {
		return r
	}
	return "Everything that is seen on the slides is also said."
}

// uploaded returns the video of a town by the name of its file; nil if there is none.
func (d *demo) uploaded(ctx context.Context, by people.Actor, name string) (*video.Video, error) {
	for cursor := ""; ; {
		p, err := d.video.List(ctx, by, cursor, 100)
		if err != nil {
			return nil, err
		}
		for i := range p.Docs {
			if p.Docs[i].Name == name {
				return &p.Docs[i], nil
			}
		}
		if cursor = p.Next; cursor == "" {
			return nil, nil //nolint:nilnil // none yet
		}
	}
}

// shoot makes the file of a film and uploads it, part by part.
func (d *demo) shoot(ctx context.Context, by people.Actor, lesson string, s *films.Script, spoken *films.Spoken) (*video.Video, error) {
	folder, err := os.MkdirTemp("", "palestra-film-*")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(folder)
	name, err := spoken.Make(ctx, d.tool, folder)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	session, err := d.video.BeginUpload(ctx, by, video.Begin{Name: s.File, Size: info.Size(), Type: "video/mp4", Lesson: lesson, Checksum: "demo " + s.File})
	if err != nil {
		return nil, err
	}
	at := int64(0)
	for _, p := range session.Parts {
		b := make([]byte, p.Size)
		if _, err := f.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("demo: %w", err)
		}
		at += p.Size
		sum := sha256.Sum256(b)
		if p.ETag != "" {
			continue // sent by an earlier run: a film of the same size made by the same programs has the same bytes
		}
		if _, err := d.video.PutPart(ctx, by, session.Video.ID, p.Number, bytes.NewReader(b), p.Size, hex.EncodeToString(sum[:])); err != nil {
			return nil, err
		}
	}
	v, err := d.video.FinishUpload(ctx, by, session.Video.ID)
	return &v, err
}
