package live_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/bootcamp/live"
	"palestra/internal/fault"
	"palestra/internal/store/storetest"
)

func share(svc *live.Service, t *testing.T, name, file string) (attachment.File, error) {
	t.Helper()
	return svc.Share(t.Context(), actor(name), door, file, int64(len(file)), strings.NewReader(file))
}

// files lists what the state that somebody has holds.
func (e *ear) files() []string {
	var names []string
	for k := range e.state {
		if strings.HasPrefix(k, "file:") && e.state[k] != nil {
			names = append(names, part[live.Entry](e.t, e, k).Text)
		}
	}
	return names
}

func TestFilesAreShared(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	ctx := t.Context()
	grace, ada := s.listen(svc, "grace", 0), s.listen(svc, "ada", 0)
	f, err := share(svc, t, "ada", "plan.txt")
	ok(t, err)
	grace.until(s.head())
	if got := grace.files(); len(got) != 1 || got[0] != "plan.txt" {
		t.Fatalf("grace sees %v", got)
	}
	for _, name := range []string{"grace", "bob", "olaf"} {
		got, data, err := svc.File(ctx, actor(name), door, f.ID)
		ok(t, err)
		b, err := io.ReadAll(data)
		if err != nil || string(b) != "plan.txt" || got.Type != "text/plain; charset=utf-8" {
			t.Errorf("%s gets %q, %+v, %v", name, b, got, err)
		}
	}
	if late := s.listen(s.process(unlimited), "carl", 0); len(late.files()) != 1 {
		t.Errorf("who comes late, to another process, sees %v", late.files())
	}
	_, _, err = svc.File(ctx, actor("mallory"), door, f.ID)
	refused(t, "a stranger", "bootcamp.not_inside", err)
	_, err = share(svc, t, "mallory", "a.txt")
	refused(t, "a stranger shares", "bootcamp.not_inside", err)
	_, err = share(svc, t, "olaf", "a.txt")
	refused(t, "an observer shares", "live.reads_only", err)
	_, err = share(svc, t, "ada", "page.html")
	refused(t, "a page", "attachment.kind", err)
	_, err = svc.Do(ctx, actor("grace"), door, act(live.Act{Kind: live.Filed, File: &attachment.File{ID: "x", Name: "y"}}))
	refused(t, "a file that was not sent", "live.kind", err)
	_, _, err = svc.File(ctx, actor("grace"), live.Door{Bootcamp: door.Bootcamp, Session: door.Session, Rehearsal: true}, f.ID)
	refused(t, "in another room", "live.no_file", err)

	refused(t, "somebody else takes it away", "live.leads_only", svc.Unshare(ctx, actor("bob"), door, f.ID))
	refused(t, "an observer takes it away", "live.leads_only", svc.Unshare(ctx, actor("olaf"), door, f.ID))
	ok(t, svc.Unshare(ctx, actor("ada"), door, f.ID))
	ada.until(s.head())
	if got := ada.files(); len(got) != 0 || s.objects.Len() != 0 {
		t.Errorf("it was taken away, and there is %v, %d objects", got, s.objects.Len())
	}
	refused(t, "twice", "live.no_file", svc.Unshare(ctx, actor("ada"), door, f.ID))
	_, _, err = svc.File(ctx, actor("ada"), door, f.ID)
	refused(t, "what was taken away", "live.no_file", err)

	grace.until(grace.do(act(live.Act{Kind: live.Quieted, On: true})))
	_, err = share(svc, t, "ada", "a.txt")
	refused(t, "while only who leads writes", "live.quiet", err)
	grace.until(grace.do(act(live.Act{Kind: live.Opened})))
	grace.until(grace.do(act(live.Act{Kind: live.Ended})))
	_, err = share(svc, t, "ada", "a.txt")
	refused(t, "after the end", "live.over", err)
	f, err = share(svc, t, "grace", "slides.txt")
	ok(t, err)
	s.pass(25 * time.Hour)
	ok(t, svc.SettleDue(ctx, s.now()))
	list, next, err := svc.CohortFiles(ctx, actor("olaf"), "camp", "autumn", "", 10)
	if err != nil || next != "" || len(list) != 1 || list[0].File != f || list[0].Title != "Maps" || list[0].By.Name != "Grace" {
		t.Errorf("the cohort has %+v, %v", list, err)
	}
	_, _, err = svc.CohortFiles(ctx, actor("mallory"), "camp", "autumn", "", 10)
	refused(t, "a stranger asks for the cohort's", "bootcamp.not_inside", err)
}

func TestFilesOfARehearsalAreForgotten(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	ctx := t.Context()
	kept, err := share(svc, t, "ada", "kept.txt")
	ok(t, err)
	stage := door
	stage.Rehearsal = true
	_, err = svc.Share(ctx, actor("ada"), stage, "a.txt", 1, strings.NewReader("a"))
	refused(t, "who does not lead", "people.forbidden", err)
	f, err := svc.Share(ctx, actor("grace"), stage, "a.txt", 1, strings.NewReader("a"))
	ok(t, err)
	if list, _, err := svc.CohortFiles(ctx, actor("grace"), "camp", "autumn", "", 10); err != nil || len(list) != 1 || list[0].File.ID != kept.ID {
		t.Errorf("the cohort has %+v, %v", list, err)
	}
	ok(t, svc.EndRehearsal(ctx, actor("grace"), stage))
	if s.objects.Len() != 1 {
		t.Errorf("%d objects are left", s.objects.Len())
	}
	_, _, err = svc.File(ctx, actor("grace"), stage, f.ID)
	refused(t, "after the rehearsal", "live.no_file", err)
	if _, data, err := svc.File(ctx, actor("grace"), door, kept.ID); err != nil {
		t.Errorf("the session's file: %v", err)
	} else {
		ok(t, data.Close())
	}
}

// A process that dies while a file is shared, or taken away, leaves it in the room with its bytes, or nothing.
func TestDeathsWithFiles(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	var mortal *storetest.Mortal
	s.db, mortal = storetest.OpenMortal(t, s.now)
	ctx := t.Context()
	for _, what := range []string{"shared", "taken away"} {
		for n := 0; ; n++ {
			if n > 40 {
				t.Fatal("it always dies")
			}
			svc := s.process(unlimited)
			ok(t, svc.May(ctx, actor("ada"), door))
			_, err := svc.Do(ctx, actor("ada"), door, act(live.Act{Kind: live.Cheered, Mark: "thanks"})) // the room is open
			ok(t, err)
			var f attachment.File
			if what == "taken away" {
				f, err = share(svc, t, "ada", "plan.txt")
				ok(t, err)
			}
			mortal.Die(n)
			if what == "shared" {
				f, err = share(svc, t, "ada", "plan.txt")
			} else {
				err = svc.Unshare(ctx, actor("ada"), door, f.ID)
			}
			died := mortal.Live()
			if err != nil && !died {
				t.Fatalf("%s %d: %v", what, n, err)
			}
			ok(t, svc.Close())
			svc = s.process(unlimited)
			s.pass(25 * time.Hour)
			ok(t, svc.SettleDue(ctx, s.now()))
			list, _, err := svc.CohortFiles(ctx, actor("grace"), "camp", "autumn", "", 100)
			ok(t, err)
			seen := s.listen(svc, "grace", 0).files()
			if len(list) != s.objects.Len() || len(seen) != len(list) {
				t.Fatalf("%s, dead at %d: the room shows %v, the cohort has %d, there are %d objects", what, n, seen, len(list), s.objects.Len())
			}
			for _, x := range list {
				if _, data, err := svc.File(ctx, actor("grace"), door, x.File.ID); err != nil {
					t.Fatalf("%s, dead at %d: %v", what, n, err)
				} else {
					ok(t, data.Close())
				}
				ok(t, svc.Unshare(ctx, actor("grace"), door, x.File.ID))
			}
			if !died {
				if n < 3 {
					t.Errorf("%s: only %d writes", what, n)
				}
				break
			}
		}
	}
}

func TestARoomHoldsSoManyFiles(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	svc := s.process(unlimited)
	for n := 0; ; n++ {
		_, err := share(svc, t, "ada", "plan.txt")
		if err == nil && n < 20 {
			continue
		}
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != "attachment.much" || n != 20 {
			t.Fatalf("the file %d: %v", n+1, err)
		}
		break
	}
	s.pass(25 * time.Hour)
	_, err := share(svc, t, "ada", "plan.txt")
	ok(t, err)
}
