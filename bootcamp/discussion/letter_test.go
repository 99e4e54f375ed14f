package discussion_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/discussion"
	"palestra/people"
)

func (w *camp) wants(by people.Actor, mode string) {
	w.t.Helper()
	ok(w.t, w.Set(w.t.Context(), by, w.place, discussion.Setup{Mail: &mode}))
}

func TestLetters(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	th := w.begin(w.Ada, "Opening hours", "When?")
	w.wants(w.Ada, discussion.MailAtOnce)
	w.say(w.mallory, th.ID, "At nine.")
	w.say(w.fay, th.ID, "At ten.")
	w.sweep()
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 1 || got[0] != "ada@castelverde.example" {
		t.Fatalf("letters: %v", got)
	}
	l := w.Letters.Sent[len(w.Letters.Sent)-1]
	text, _ := l.Params["list"].(string)
	if !strings.Contains(text, "Opening hours") || !strings.Contains(text, "/bootcamps/"+w.b+"/cohorts/"+w.c+"/discussion/"+th.ID) || strings.Contains(text, "@") {
		t.Errorf("the letter says %q", text)
	}
	// Mallory is told in the morning, in her own town's zone, of what she has not read.
	w.Clock.Pass(20 * time.Hour) // 05:00 UTC
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 1 {
		t.Errorf("before seven: %v", got)
	}
	w.Clock.Pass(70 * time.Minute)
	w.sweep()
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 2 || got[1] != "mallory@lindenau.example" {
		t.Errorf("in the morning: %v", got)
	}
	// Who has read it on the page needs no letter.
	w.say(w.fay, th.ID, "At eleven.")
	ok(t, w.Read(ctx, w.Ada, w.place, th.ID, 9, nil))
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 2 {
		t.Errorf("of what was read: %v", got)
	}
	// The secret in a letter ends them, without signing in.
	end, _ := l.Params["end"].(string)
	secret := end[strings.LastIndexByte(end, '/')+1:]
	refused(t, "another secret", "discussion.no_letters", w.End(ctx, "guessed"))
	ok(t, w.End(ctx, secret))
	ok(t, w.End(ctx, secret))
	w.say(w.fay, th.ID, "At noon.")
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 2 {
		t.Errorf("who has ended letters: %v", got)
	}
	// Who was removed gets none.
	w.wants(w.mallory, discussion.MailAtOnce)
	w.say(w.fay, th.ID, "At one.")
	ok(t, w.camps.Remove(ctx, w.fay, w.b, w.c, w.mallory.Person))
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 2 {
		t.Errorf("who was removed: %v", got)
	}
}

func TestWhoIsMentionedIsTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	w.wants(w.mallory, discussion.MailAtOnce)
	th := w.begin(w.Ada, "Opening hours", "When?")
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 0 {
		t.Errorf("who follows nothing: %v", got)
	}
	d := w.says("@" + w.mallory.Name + " knows it")
	d.Mentions = []discussion.Mention{{Person: w.mallory.Person, Name: w.mallory.Name}}
	_, err := w.Say(ctx, w.Ada, w.place, th.ID, d)
	ok(t, err)
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 1 {
		t.Fatalf("letters: %v", got)
	}
	if text, _ := w.Letters.Sent[0].Params["list"].(string); !strings.Contains(text, "named") {
		t.Errorf("the letter says %q", text)
	}
	yes := true
	ok(t, w.Set(ctx, w.mallory, w.place, discussion.Setup{All: &yes}))
	w.begin(w.fay, "Something new", "Look")
	w.Clock.Pass(time.Second)
	w.sweep()
	if got := w.letters("talk_news"); len(got) != 2 {
		t.Errorf("who follows everything: %v", got)
	}
}

// Who has read a post and is mentioned in it later is told once, however often it is changed and wherever it dies.
func TestAMentionAddedByEditing(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		w.wants(w.mallory, discussion.MailAtOnce)
		th := w.begin(w.Ada, "Opening hours", "When?")
		post := w.say(w.Ada, th.ID, "Somebody knows it")
		ok(t, w.Read(ctx, w.mallory, w.place, th.ID, 2, nil))
		w.sweep()
		if got := w.letters("talk_news"); len(got) != 0 {
			t.Fatalf("before: %v", got)
		}
		d := w.says("@" + w.mallory.Name + " knows it")
		d.Mentions = []discussion.Mention{{Person: w.mallory.Person, Name: w.mallory.Name}}
		w.Process.Die(n)
		_, err := w.Edit(ctx, w.Ada, w.place, post.ID, 1, d)
		if err == nil {
			err = w.SettleDue(ctx, w.Clock.Now())
		}
		died := w.Process.Live()
		if !died && err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		for range 2 {
			w.Clock.Pass(time.Minute)
			w.sweep()
		}
		want := 0
		if p := w.read(w.Ada, th.ID).Posts[1]; p.Version == 2 {
			want = 1
		}
		if got := w.letters("talk_news"); len(got) != want {
			t.Errorf("%d: %d letters, want %d", n, len(got), want)
		}
		if died {
			continue
		}
		if text, _ := w.Letters.Sent[0].Params["list"].(string); !strings.Contains(text, "named") {
			t.Errorf("the letter says %q", text)
		}
		for _, words := range []string{"Somebody knows it", "@" + w.mallory.Name + " does", "@" + w.mallory.Name + " really does"} {
			d.Words = words
			_, err := w.Edit(ctx, w.Ada, w.place, post.ID, 0, d)
			ok(t, err)
			w.Clock.Pass(time.Minute)
			w.sweep()
		}
		if got := w.letters("talk_news"); len(got) != 1 {
			t.Errorf("%d letters after more changes", len(got))
		}
		if n < 6 {
			t.Errorf("only %d writes: nothing was told", n)
		}
		return
	}
	t.Error("there is no end of writes")
}

// Whatever write a process dies at: once it lives again there is the whole post or none, and one letter.
func TestDeaths(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		w := open(t)
		th := w.begin(w.Ada, "Opening hours", "When?")
		w.wants(w.Ada, discussion.MailAtOnce)
		w.Clock.Pass(time.Second)
		ctx := context.WithoutCancel(t.Context())
		said := w.says("At nine.")
		w.Process.Die(n)
		_, err := w.Say(ctx, w.mallory, w.place, th.ID, said)
		if err == nil {
			err = w.SettleDue(ctx, w.Clock.Now())
		}
		died := w.Process.Live()
		if !died && err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		for range 3 {
			w.Clock.Pass(time.Minute)
			w.sweep()
		}
		talk := w.read(w.Ada, th.ID)
		_, line, _, err := w.Thread(ctx, w.Ada, w.place, th.ID)
		ok(t, err)
		if len(talk.Posts) != line.Thread.Posts {
			t.Errorf("%d: %d posts, and the thread says %d", n, len(talk.Posts), line.Thread.Posts)
		}
		if got := w.letters("talk_news"); len(got) != len(talk.Posts)-1 {
			t.Errorf("%d: %d letters of %d posts", n, len(got), len(talk.Posts)-1)
		}
		_, err = w.Say(ctx, w.mallory, w.place, th.ID, said) // her page sends it again
		ok(t, err)
		if got := w.read(w.Ada, th.ID).Posts; len(got) != 2 {
			t.Errorf("%d: %d posts after it was sent again", n, len(got))
		}
		if !died {
			if n < 8 {
				t.Errorf("only %d writes: nothing was told", n)
			}
			return
		}
	}
	t.Error("there is no end of writes")
}

// Who has left every town is not told what becomes of her post.
func TestADecisionAboutWhoHasLeft(t *testing.T) {
	t.Parallel()
	w := open(t)
	th := w.begin(w.fay, "Opening hours", "When?")
	d := w.say(w.Ada, th.ID, "Never, you fools.")
	ok(t, w.People.Leave(t.Context(), w.Anna, w.Ada.Person))
	ok(t, w.Hide(t.Context(), w.fay, w.place, d.ID, true, "Rude"))
	w.sweep()
	if got := w.letters("talk_hidden"); len(got) != 0 {
		t.Errorf("letters to %v, who has left", got)
	}
}

// A letter tells of what is new behind more threads than it has room for, when all of those are hidden by then.
func TestALetterBehindHiddenThreads(t *testing.T) {
	t.Parallel()
	for name, shown := range map[string]int{"one is left": 1, "more than a letter holds": 23} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			ctx := t.Context()
			yes := true
			w.wants(w.mallory, discussion.MailAtOnce)
			ok(t, w.Set(ctx, w.mallory, w.place, discussion.Setup{All: &yes}))
			for n := range 38 + shown {
				th := w.begin(w.fay, fmt.Sprintf("Thread %d.", n), "Look")
				if n < 38 {
					ok(t, w.Hide(ctx, w.fay, w.place, th.ID, true, "Twice"))
				}
				w.Clock.Pass(time.Minute)
			}
			var told []string
			for range 3 {
				w.sweep()
				w.Clock.Pass(time.Minute)
			}
			for _, l := range w.Letters.Sent {
				if l.Kind == "talk_news" && l.To == "mallory@lindenau.example" {
					list, _ := l.Params["list"].(string)
					told = append(told, strings.Split(list, "\n\n")...)
				}
			}
			if len(told) != shown {
				t.Errorf("told of %d threads, want %d: %v", len(told), shown, told)
			}
			for _, line := range told {
				for n := range 38 {
					if strings.Contains(line, fmt.Sprintf("Thread %d.", n)) {
						t.Errorf("told of a hidden thread: %s", line)
					}
				}
			}
		})
	}
}
