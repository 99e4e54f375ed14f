package practice_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/bootcamp/practice"
	"palestra/people"
)

// picture is the smallest that is whole: nothing reads what is in it.
const picture = "\x89PNG\r\n\x1a\n" + "\x00\x00\x00\x00IEND\xaeB`\x82"

func (w *valley) attach(by people.Actor, id, name, data string) (attachment.File, error) {
	return w.Attach(w.t.Context(), by, id, name, int64(len(data)), strings.NewReader(data))
}

// saved saves the draft with these files, and returns it.
func (w *valley) saved(p practice.Practice, files ...practice.CardFile) practice.Practice {
	w.t.Helper()
	c := p.Draft
	c.Files = files
	p, err := w.Save(w.t.Context(), w.Grace, p.ID, p.Edition, c)
	ok(w.t, err)
	return p
}

func shows(f attachment.File, alt string) practice.CardFile {
	return practice.CardFile{File: attachment.File{ID: f.ID}, Kind: practice.FileImage, Alt: en(alt)}
}

// public is what anybody reads of a file.
func (w *valley) public(id, file string) (string, error) {
	_, data, err := w.OpenFile(w.t.Context(), id, file)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(data)
	ok(w.t, err)
	return string(b), data.Close()
}

func TestFilesOfACard(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	for name, by := range map[string]people.Actor{"another town": w.mallory, "a learner": w.Ada, "nobody": {}} {
		_, err := w.attach(by, p.ID, "a.png", picture)
		if err == nil {
			t.Errorf("%s may send a file", name)
		}
		if _, _, err := w.DraftFile(ctx, by, p.ID, "x"); err == nil {
			t.Errorf("%s may see the draft's", name)
		}
	}
	_, err := w.attach(w.Grace, p.ID, "a.svg", "<svg onload=alert(1)>")
	refused(t, "what could run", "attachment.kind", err)
	pic, err := w.attach(w.Grace, p.ID, "counter.png", picture)
	ok(t, err)
	data, err := w.attach(w.Grace, p.ID, "visits.csv", "month,visits\n")
	ok(t, err)

	_, err = w.Save(ctx, w.Grace, p.ID, 0, with(p.Draft, practice.CardFile{File: data, Kind: practice.FileImage}))
	refused(t, "a table as a picture", "practice.image", err)
	_, err = w.Save(ctx, w.Grace, p.ID, 0, with(p.Draft, practice.CardFile{File: pic, Kind: "song"}))
	refused(t, "no kind", "practice.choice", err)
	_, err = w.Save(ctx, w.Grace, p.ID, 0, with(p.Draft, practice.CardFile{File: attachment.File{ID: "nothing"}, Kind: practice.FileOther}))
	refused(t, "nothing", "attachment.gone", err)
	_, err = w.Save(ctx, w.Grace, p.ID, 0, with(p.Draft, shows(pic, "a"), shows(pic, "b")))
	refused(t, "twice", "attachment.gone", err)
	theirs, err := w.Create(ctx, w.mallory, shared())
	ok(t, err)
	_, err = w.Save(ctx, w.mallory, theirs.ID, 0, with(theirs.Draft, shows(pic, "stolen")))
	refused(t, "of another card", "attachment.gone", err)
	_, err = w.Save(ctx, w.Grace, p.ID, 0, with(p.Draft, make([]practice.CardFile, 21)...))
	refused(t, "too many", "attachment.gone", err)

	p = w.saved(p, practice.CardFile{File: attachment.File{ID: pic.ID, Name: "other.exe", Type: "text/html"}, Kind: practice.FileImage})
	if f := p.Draft.Files[0]; f.Name != "counter.png" || f.Type != "image/png" || f.Size != int64(len(picture)) {
		t.Errorf("the draft believes %+v", f)
	}
	_, err = w.Publish(ctx, w.Grace, p.ID, p.Edition, "")
	refused(t, "a picture that nobody has described", "practice.incomplete", err)
	p = w.saved(p, shows(pic, "A counter in the old post office"), practice.CardFile{File: data, Kind: practice.FileDataset, Title: en("Visits"), Licence: "CC0-1.0"})
	_, err = w.public(p.ID, pic.ID)
	refused(t, "a draft's file", "practice.no_file", err)
	_, bytes, err := w.DraftFile(ctx, w.Grace, p.ID, pic.ID)
	ok(t, err)
	ok(t, bytes.Close())
	p, err = w.Publish(ctx, w.Grace, p.ID, p.Edition, "With a picture")
	ok(t, err)
	camera, err := w.attach(w.Grace, p.ID, "camera.png", picture[:8]+"\x00\x00\x00\x04eXIfhere\x00\x00\x00\x00"+picture[8:]+"behind")
	if err != nil || camera.Size != int64(len(picture)) {
		t.Errorf("of a camera's picture %d bytes are kept, %v", camera.Size, err)
	}
	_, err = w.attach(w.Grace, p.ID, "broken.png", picture[:12])
	refused(t, "half a picture", "attachment.kind", err)
	if got, err := w.public(p.ID, pic.ID); err != nil || got != picture {
		t.Errorf("anybody reads %q, %v", got, err)
	}
	ld, err := w.JSONLD(ctx, p.ID)
	ok(t, err)
	b, err := json.Marshal(ld)
	ok(t, err)
	for _, part := range []string{`"@type":"ImageObject"`, `"@value":"A counter in the old post office"`, "/open/practices/" + p.ID + "/files/" + data.ID, `"@type":"Dataset"`, "publicdomain/zero"} {
		if !strings.Contains(string(b), part) {
			t.Errorf("the description lacks %s: %s", part, b)
		}
	}

	// An earlier version keeps its files; what was never published goes a day after it left the draft.
	third, err := w.attach(w.Grace, p.ID, "third.txt", "third")
	ok(t, err)
	p = w.saved(p, practice.CardFile{File: third, Kind: practice.FileOther})
	w.sweep(25 * time.Hour)
	if n := w.objects.Len(); n != 3 {
		t.Errorf("%d objects with the draft's", n)
	}
	p = w.saved(p)
	w.sweep(time.Minute)
	if n := w.objects.Len(); n != 3 {
		t.Errorf("%d objects a minute after one has left the draft", n)
	}
	w.sweep(25 * time.Hour)
	if n := w.objects.Len(); n != 2 {
		t.Errorf("%d objects, want those that were published", n)
	}
	_, err = w.public(p.ID, third.ID)
	refused(t, "what went", "practice.no_file", err)
	p, err = w.Publish(ctx, w.Grace, p.ID, p.Edition, "Without")
	ok(t, err)
	w.sweep(25 * time.Hour)
	if v, err := w.Version(ctx, p.ID, 2); err != nil || len(v.Content.Files) != 2 {
		t.Errorf("the version before has %d files, %v", len(v.Content.Files), err)
	}
	if _, err := w.public(p.ID, pic.ID); err != nil {
		t.Errorf("the picture of the version before: %v", err)
	}
	_, err = w.Withdraw(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	_, err = w.public(p.ID, pic.ID)
	refused(t, "of what was withdrawn", "practice.withdrawn", err)

	d, err := w.Create(ctx, w.Grace, shared())
	ok(t, err)
	_, err = w.attach(w.Grace, d.ID, "a.txt", "a")
	ok(t, err)
	ok(t, w.Delete(ctx, w.Grace, d.ID))
	if n := w.objects.Len(); n != 2 {
		t.Errorf("%d objects after the draft was deleted", n)
	}
}

func with(c practice.Content, files ...practice.CardFile) practice.Content {
	c.Files = files
	return c
}

// sweep lets time pass and the sweep run, twice.
func (w *valley) sweep(d time.Duration) {
	w.t.Helper()
	for range 2 {
		w.Clock.Pass(d)
		ok(w.t, w.SettleDue(w.t.Context(), w.Clock.Now()))
	}
}

// A process dies at every write while a file is sent, saved with the draft and published: in the end each file that the
// draft names is there, and no other.
func TestDeathsWithFiles(t *testing.T) {
	t.Parallel()
	for n := 0; ; n++ {
		if n > 60 {
			t.Fatal("there is no end of writes")
		}
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		p := w.card()
		w.Process.Die(n)
		f, err := w.attach(w.Grace, p.ID, "counter.png", picture)
		if err == nil {
			var d practice.Practice
			if d, err = w.Save(ctx, w.Grace, p.ID, 0, with(p.Draft, shows(f, "A counter"))); err == nil {
				_, err = w.Publish(ctx, w.Grace, p.ID, d.Edition, "")
			}
		}
		died := w.Process.Live()
		if err != nil && !died {
			t.Fatalf("%d: %v", n, err)
		}
		w.sweep(26 * time.Hour)
		d, err := w.Draft(ctx, w.Grace, p.ID)
		ok(t, err)
		if w.objects.Len() != len(d.Draft.Files) {
			t.Fatalf("dead at %d: %d objects, the draft names %d", n, w.objects.Len(), len(d.Draft.Files))
		}
		if d.Version == 2 {
			if got, err := w.public(p.ID, d.Published.Files[0].File.ID); err != nil || got != picture {
				t.Fatalf("dead at %d: anybody reads %q, %v", n, got, err)
			}
		}
		if !died {
			if n < 6 {
				t.Errorf("only %d writes", n)
			}
			break
		}
	}
}
