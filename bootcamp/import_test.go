package bootcamp_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/people"
)

func states(list []bootcamp.Listed) (got []string) {
	for _, l := range list {
		got = append(got, l.State+l.Wrong)
	}
	return got
}

func TestImport(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinApproval, 5)
	_, err := w.Join(ctx, w.ville, b.ID, c.ID)
	ok(t, err)
	bad := "email;name;language;organisation\n" +
		"rosa@tammela.example;Rosa;fi;Tammela\n" + // by the town's name
		"ada@castelverde.example;Ada;;\n" +
		"ville@tammela.example;Ville;;\n" + // has asked already
		"new@uni.example;Nina New;de;\n" +
		"not an address;X;;\n" +
		"ROSA@tammela.example;Rosa again;;\n" +
		"lin@uni.example;Lin;xx;\n" +
		"lin@uni.example;Lin;it;Atlantis\n" +
		"ada@castelverde.example;Ada;;castelverde\n" +
		"zoe@elsewhere.example;Zoe;;tammela\n" +
		"bo@tammela.example;Bo;;tammela\n" +
		"=1+1;Eve;;\n" +
		"max@uni.example;" + strings.Repeat("x", 300) + ";;\n"
	want := []string{"invited", "invited", "already", "welcomed", "address", "twice", "language", "organisation", "twice", "member", "stranger", "formula", "name"}
	lines, err := w.TryImport(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []byte(bad))
	if ok(t, err); !slices.Equal(states(lines), want) {
		t.Errorf("got %v, want %v", states(lines), want)
	}
	_, err = w.Import(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []byte(bad))
	refused(t, "a list with faults", "bootcamp.import_wrong", err)
	before := len(w.sent)
	if p, err := w.Members(ctx, w.faye, b.ID, c.ID, bootcamp.Invited, "", 10); err != nil || len(p.Docs) != 0 {
		t.Errorf("a list with faults has invited %d, %v", len(p.Docs), err)
	}
	good := strings.Join(strings.Split(bad, "\n")[:5], "\n")
	for n, want := range [][]string{{"invited", "invited", "already", "welcomed"}, {"already", "already", "already", "already"}} {
		lines, err := w.Import(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []byte(good))
		if ok(t, err); !slices.Equal(states(lines), want) {
			t.Errorf("time %d: got %v, want %v", n+1, states(lines), want)
		}
	}
	if got := len(w.sent) - before; got != 3 {
		t.Errorf("%d letters, want one for each who was not there", got)
	}
	if p, err := w.Members(ctx, w.faye, b.ID, c.ID, bootcamp.Invited, "", 10); err != nil || len(p.Docs) != 2 || p.Docs[1].Town != w.tammela {
		t.Errorf("invited: %+v, %v", p.Docs, err)
	}
	nina := w.accept("Nina New")
	if m, err := w.Join(ctx, nina, b.ID, c.ID); err != nil || m.State != bootcamp.Joined {
		t.Errorf("who was new finds %+v, %v", m, err)
	}
	for who, code := range map[*people.Actor]string{{}: "people.unsigned", &w.ada: "people.forbidden", &w.rosa: "people.forbidden", &w.zoe: "bootcamp.not_found"} {
		_, err := w.TryImport(ctx, *who, b.ID, c.ID, bootcamp.RoleParticipant, []byte(good))
		refused(t, who.Name, code, err)
		_, err = w.Import(ctx, *who, b.ID, c.ID, bootcamp.RoleParticipant, []byte(good))
		refused(t, who.Name, code, err)
	}
	for code, data := range map[string]string{"bootcamp.import_empty": "email\n", "bootcamp.import_columns": "name\nRosa\n", "bootcamp.import_format": "\x00", "bootcamp.import_large": strings.Repeat("x", 2<<20)} {
		_, err := w.TryImport(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []byte(data))
		refused(t, code, code, err)
	}
	_, err = w.Import(ctx, w.faye, b.ID, c.ID, "queen", []byte(good))
	refused(t, "no role", "bootcamp.choice", err)
	_, err = w.Close(ctx, w.faye, b.ID)
	ok(t, err)
	_, err = w.Import(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []byte(good))
	refused(t, "a bootcamp that is over", "bootcamp.not_open", err)
}

func TestImportDies(t *testing.T) {
	t.Parallel()
	const file = "email,name\nrosa@tammela.example,Rosa\nada@castelverde.example,Ada\nnew@uni.example,New\nother@uni.example,Other\n"
	for n := range 60 {
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		b, c := w.camp(bootcamp.JoinApproval, 5)
		w.process.Die(n)
		_, err := w.Import(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []byte(file))
		died := w.process.Live()
		if !died && err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		w.pass(time.Minute)
		ok(t, w.SettleDue(ctx, w.now()))
		count := func() (invited, expected int) {
			p, err := w.Members(ctx, w.faye, b.ID, c.ID, bootcamp.Invited, "", 10)
			ok(t, err)
			list, err := w.Cohorts(ctx, w.faye, b.ID)
			ok(t, err)
			if list[0].Due != nil {
				t.Errorf("%d: the sweep leaves something", n)
			}
			return len(p.Docs), len(list[0].Expected)
		}
		if i, e := count(); i != e || i != 0 && i != 2 {
			t.Errorf("%d: %d are invited and %d expected: half of a list", n, i, e)
		}
		_, err = w.Import(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []byte(file))
		ok(t, err)
		if i, e := count(); i != 2 || e != 2 {
			t.Errorf("%d: in the end %d are invited and %d expected", n, i, e)
		}
		for _, to := range []string{"rosa@tammela.example", "ada@castelverde.example"} {
			if got := w.kinds(to); !slices.Equal(got, []string{"cohort_invited"}) {
				t.Errorf("%d: %s has %v", n, to, got)
			}
		}
		if !died {
			return
		}
	}
	t.Error("it died at each write: more have to be tried")
}
