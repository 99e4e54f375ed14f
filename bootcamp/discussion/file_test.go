package discussion_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/bootcamp/discussion"
	"palestra/people"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Files", "Here")
	send := func(by people.Actor, name, data string) (attachment.File, error) {
		return w.Upload(ctx, by, w.place, name, int64(len(data)), strings.NewReader(data))
	}
	for name, data := range map[string]string{"page.html": "<script>", "a.svg": "<svg>", "a.pdf": "<html>", "b.png": "%PDF-", "c.exe": "MZ", "nothing": "x", "d.txt": "a\x00", "e.webp": "RIFFxxxxWAVE"} {
		_, err := send(w.Ada, name, data)
		refused(t, name, "attachment.kind", err)
	}
	_, err := w.Upload(ctx, w.Ada, w.place, "a.pdf", attachment.MaxSize+1, strings.NewReader("%PDF-"))
	refused(t, "a large file", "attachment.large", err)
	_, err = w.Upload(ctx, w.Ada, w.place, "a.pdf", 100, strings.NewReader("%PDF-1.7"))
	refused(t, "a short file", "attachment.short", err)
	_, err = send(w.Lin, "a.pdf", "%PDF-1.7")
	refused(t, "who is not in the cohort", "bootcamp.not_inside", err)
	a, err := send(w.Ada, `C:\plans\..\pl`+"\u202e"+`an".pdf`, "%PDF-1.7 plan")
	ok(t, err)
	if a.Name != "plan.pdf" || a.Type != "application/pdf" {
		t.Errorf("the file is called %q, %s", a.Name, a.Type)
	}
	_, _, err = w.File(ctx, w.fay, w.place, a.ID)
	refused(t, "what belongs to no post yet", "discussion.not_found", err)
	d := w.says("The plan")
	d.Files = []string{a.ID}
	_, err = w.Say(ctx, w.mallory, w.place, th.ID, d)
	refused(t, "a file of somebody else", "attachment.gone", err)
	post, err := w.Say(ctx, w.Ada, w.place, th.ID, d)
	ok(t, err)
	got, data, err := w.File(ctx, w.fay, w.place, a.ID)
	ok(t, err)
	b, err := io.ReadAll(data)
	if err != nil || string(b) != "%PDF-1.7 plan" || got.Name != "plan.pdf" {
		t.Errorf("%s holds %q, %v", got.Name, b, err)
	}
	lost, err := send(w.Ada, "lost.txt", "nobody uses it")
	ok(t, err)
	w.Clock.Pass(25 * time.Hour)
	w.sweep()
	if w.objects.Len() != 1 {
		t.Errorf("%d objects are left, want the file of the post: %s was used by nothing", w.objects.Len(), lost.ID)
	}
	ok(t, w.Hide(ctx, w.fay, w.place, post.ID, true, "Not this one"))
	_, _, err = w.File(ctx, w.mallory, w.place, a.ID)
	refused(t, "a file of a hidden post", "discussion.not_found", err)
	ok(t, w.Withdraw(ctx, w.Ada, w.place, post.ID))
	if w.objects.Len() != 0 {
		t.Error("the file of what was taken back is left")
	}
}

func TestAlumni(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "See you", "Again?")
	_, err := w.camps.Close(ctx, w.fay, w.b)
	ok(t, err)
	w.Clock.Pass(90 * 24 * time.Hour)
	w.say(w.mallory, th.ID, "In spring.")
	r, _, _, err := w.Enter(ctx, w.Ada, w.place)
	if err != nil || !r.Over || !r.Writes {
		t.Errorf("after the end: %+v, %v", r, err)
	}
	day := w.Clock.Now().Format(time.DateOnly)
	refused(t, "a member ends it", "people.forbidden", w.Set(ctx, w.Ada, w.place, discussion.Setup{Until: &day}))
	wrong := "soon"
	refused(t, "no day", "discussion.day", w.Set(ctx, w.fay, w.place, discussion.Setup{Until: &wrong}))
	ok(t, w.Set(ctx, w.fay, w.place, discussion.Setup{Until: &day}))
	w.say(w.mallory, th.ID, "Today still.")
	w.Clock.Pass(14*time.Hour + 30*time.Minute) // half past eleven in the evening at Greenwich: in Rome it is the next day
	_, err = w.Say(ctx, w.Ada, w.place, th.ID, w.says("Too late"))
	refused(t, "after the end", "discussion.over", err)
	if got := w.read(w.Ada, th.ID).Posts; len(got) != 3 {
		t.Errorf("%d posts are read", len(got))
	}
}
