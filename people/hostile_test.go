package people_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palestra/internal/fault"
	"palestra/people"
)

func TestSetUpLinksWorkOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	if _, err := w.Setup(t.Context(), w.setup, people.Person{Name: "Eve", Email: "eve@palestra.example"}, password, people.Client{}); !fault.Is(err, "people.link_expired") {
		t.Errorf("a set-up link works twice: %v", err)
	}
}

func TestNobodyLocksOthersOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	olga := h.opened
	ctx := t.Context()
	// Somebody in the same town hall, behind the same address, guesses all day.
	for range 60 {
		_, _ = h.SignIn(ctx, "olga@palestra.example", "wrong password 17", at("192.0.2.1", ""))
		h.pass(10 * time.Second)
	}
	if _, err := h.SignIn(ctx, "olga@palestra.example", password, at("192.0.2.1", "")); !fault.Is(err, "people.too_many") {
		t.Errorf("guessing is not slowed down: %v", err)
	}
	if _, err := h.SignIn(ctx, "olga@palestra.example", password, at("192.0.2.1", olga.Device)); err != nil {
		t.Errorf("Olga is locked out of her own browser: %v", err)
	}
	// Her browser is no way to guess faster either.
	for range 10 {
		_, _ = h.SignIn(ctx, "olga@palestra.example", "wrong password 17", at("198.51.100.7", olga.Device))
	}
	if _, err := h.SignIn(ctx, "olga@palestra.example", password, at("198.51.100.7", olga.Device)); !fault.Is(err, "people.too_many") {
		t.Errorf("a stolen device guesses without a pause: %v", err)
	}
	// An address that nobody has is slowed down alike: nothing tells who has an account.
	for range 6 {
		_, _ = h.SignIn(ctx, "nobody@palestra.example", "wrong password 17", at("203.0.113.9", ""))
	}
	if _, err := h.SignIn(ctx, "nobody@palestra.example", "wrong password 17", at("203.0.113.9", "")); !fault.Is(err, "people.too_many") {
		t.Errorf("an unknown address is told by not being slowed down: %v", err)
	}
}

func TestGuessesAtOnceAreCounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	var wg sync.WaitGroup
	looked := make(chan struct{}, 100)
	for range 40 {
		wg.Go(func() {
			if _, err := h.SignIn(t.Context(), "olga@palestra.example", "wrong password 17", at("192.0.2.77", "")); fault.Is(err, "people.sign_in_wrong") {
				looked <- struct{}{}
			}
		})
	}
	wg.Wait()
	if n := len(looked); n > 5 {
		t.Errorf("%d of 40 guesses at one moment were looked at, want at most 5", n)
	}
}

// Signing in rightly counts for nothing: a whole town hall shares one address.
func TestRightSignInsAreNotCounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	for n := range 120 {
		if _, err := h.SignIn(t.Context(), "olga@palestra.example", password, at("192.0.2.78", "")); err != nil {
			t.Fatalf("sign-in %d: %v", n+1, err)
		}
	}
}

func TestSecretsChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	olga := h.opened
	who := func(secret string) (string, string) {
		t.Helper()
		a, next, err := h.Authenticate(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		return a.Person, next
	}
	h.pass(25 * time.Hour)
	person, next := who(olga.Secret)
	if person != olga.Actor.Person || next == "" {
		t.Fatalf("after a day the secret does not change: %q %q", person, next)
	}
	if person, again := who(olga.Secret); person == "" || again != "" {
		t.Errorf("a request under way with the old secret is %q and gets %q", person, again)
	}
	h.pass(61 * time.Second)
	if person, _ := who(olga.Secret); person != "" {
		t.Error("the old secret is good for longer than a minute")
	}
	if person, _ := who(next); person == "" {
		t.Error("the new secret is nobody")
	}
	if ss, err := h.Sessions(t.Context(), olga.Actor); err != nil || len(ss) != 1 {
		t.Errorf("one browser is listed as %d sign-ins, %v", len(ss), err)
	}
	// Signing out ends what the secret was a moment ago, too.
	h.pass(25 * time.Hour)
	_, third := who(next)
	if err := h.SignOut(t.Context(), third); err != nil {
		t.Fatal(err)
	}
	if person, _ := who(next); person != "" {
		t.Error("after signing out the former secret is still good")
	}
}

// TestResetsDoNotTellByTime asks with a clock that goes on only while everybody waits.
func TestResetsDoNotTellByTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := open(t)
		var took []time.Duration
		for _, email := range []string{"olga@palestra.example", "nobody@palestra.example"} {
			begun := time.Now()
			if err := h.AskReset(t.Context(), email, at("192.0.2.1", "")); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(begun))
		}
		if took[0] != took[1] || took[0] == 0 {
			t.Errorf("a known address takes %v and an unknown one %v", took[0], took[1])
		}
	})
}

func TestResets(t *testing.T) {
	t.Parallel()
	h := open(t)
	olga := h.opened
	ctx := t.Context()
	ask := func(addr string) {
		t.Helper()
		if err := h.AskReset(ctx, "olga@palestra.example", at(addr, "")); err != nil {
			t.Fatal(err)
		}
	}
	ask("192.0.2.1")
	secret := h.secret()
	if err := h.Reset(ctx, secret, "short"); !fault.Is(err, "people.password_short") {
		t.Errorf("a short password: %v", err)
	}
	if err := h.Reset(ctx, secret, "five elephants on the roof"); err != nil {
		t.Fatalf("the link does not survive a refused password: %v", err)
	}
	if err := h.Reset(ctx, secret, "six elephants on the roof"); !fault.Is(err, "people.link_expired") {
		t.Errorf("a link works twice: %v", err)
	}
	if a, _, err := h.Authenticate(ctx, olga.Secret); err != nil || a.Person != "" {
		t.Errorf("a reset leaves other sessions alive: %v %v", a.Person, err)
	}
	ask("192.0.2.2")
	late := h.secret()
	h.pass(61 * time.Minute)
	if err := h.Reset(ctx, late, "seven elephants on the roof"); !fault.Is(err, "people.link_expired") {
		t.Errorf("a link works after an hour: %v", err)
	}
	// A mailbox is not filled: three letters an hour, and the answer stays the same.
	before := len(h.sent)
	for range 8 {
		ask("192.0.2.3")
	}
	if n := len(h.sent) - before; n != 3 {
		t.Errorf("%d letters in an hour, want 3", n)
	}
}

// A name can be seen, and changes nothing of what stands beside it.
func TestNamesCanBeSeen(t *testing.T) {
	t.Parallel()
	w := open(t)
	ada := w.invite("ada", people.Learner).Actor
	for given, want := range map[string]string{
		"\u200b": "", "\u00a0 \u2003": "", "\u202e": "", "\u0301": "", "\u2060\ufeff": "", "a\x00b": "", "\xff": "",
		"\u202egnitirw\u202c": "gnitirw", "\u2066Ada\u2069  Brambilla ": "Ada Brambilla",
		"\u5f35\u5049": "\u5f35\u5049", "\u0645\u06cc\u200c\u062e\u0648": "\u0645\u06cc\u200c\u062e\u0648", "X \u00c6 A-12": "X \u00c6 A-12",
	} {
		name := given
		err := w.UpdateSelf(t.Context(), ada, &name, nil)
		self, e := w.Self(t.Context(), ada)
		ok(t, e)
		if want == "" && !fault.Is(err, "people.name") || want != "" && (err != nil || self.Person.Name != want) {
			t.Errorf("%q: got %q, %v", given, self.Person.Name, err)
		}
		if _, err := w.Invite(t.Context(), w.anna, people.Invitation{Name: given, Email: "new@castelverde.example", Roles: []people.Role{people.Learner}}); want == "" && !fault.Is(err, "people.name") {
			t.Errorf("an invitation of %q: %v", given, err)
		}
	}
}
