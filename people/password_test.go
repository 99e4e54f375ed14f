package people

import (
	"strings"
	"testing"

	"palestra/internal/fault"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	p := newPasswords(64, 1, 1)
	for _, tc := range []struct{ password, want string }{
		{"a long walk by the sea", ""},
		{"vier Wörter und noch eins", ""},
		{"x7Gh-29kq-Lm4p", ""},
		{"482910573846", ""}, // twelve digits without a pattern
		{"correct-giraffe-under-tables", ""},
		{"short", "people.password_short"},
		{"elevenchars", "people.password_short"},
		{strings.Repeat("é", 12), "people.password_common"},
		{"aaaaaaaaaaaa", "people.password_common"},
		{"password1234", "people.password_common"},
		{"P@ssw0rd2026!", "people.password_common"},
		{"Passwort2026", "people.password_common"},
		{"motdepasse123", "people.password_common"},
		{"123456789012", "people.password_common"},
		{"qwertyuiop123", "people.password_common"},
		{"Sommer2026!!", "people.password_common"},
		{"passwordpassword", "people.password_common"},
		{"adamoretti2026", "people.password_common"}, // her own name
		{strings.Repeat("lang ", 60), "people.password_long"},
		{"twelve chars\xff", "people.password_short"},
	} {
		err := p.judge(tc.password, "Ada Moretti", "ada.moretti@castelverde.example")
		if tc.want == "" && err != nil || tc.want != "" && !fault.Is(err, tc.want) {
			t.Errorf("judge(%q) = %v, want %q", tc.password, err, tc.want)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	p := newPasswords(64, 1, 2)
	h := p.hash("correct-giraffe-under-tables")
	if !p.matches("correct-giraffe-under-tables", h) {
		t.Errorf("the right password does not match %s", h)
	}
	for _, wrong := range []string{"", "correct-giraffe-under-table", "Correct-giraffe-under-tables"} {
		if p.matches(wrong, h) {
			t.Errorf("%q matches", wrong)
		}
	}
	for _, broken := range []string{"", "$argon2id$", "$argon2id$v=19$m=99999999,t=2,p=1$AA$AA", "plain"} {
		if p.matches("", broken) || p.matches("plain", broken) {
			t.Errorf("something matches the hash %q", broken)
		}
	}
	// Composed and decomposed forms of one text are one password.
	if h := p.hash("caf\u00e9 caf\u00e9 caf\u00e9 9"); !p.matches("cafe\u0301 cafe\u0301 cafe\u0301 9", h) {
		t.Error("the same text in another Unicode form does not match")
	}
}

func FuzzJudge(f *testing.F) {
	p := newPasswords(64, 1, 1)
	f.Add("password1234", "Ada")
	f.Add("\x00\xff", "")
	f.Fuzz(func(t *testing.T, password, own string) {
		err := p.judge(password, own)
		if err == nil && len([]rune(password)) < MinPassword {
			t.Errorf("accepted %q", password)
		}
	})
}
