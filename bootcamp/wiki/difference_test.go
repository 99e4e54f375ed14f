package wiki_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"palestra/bootcamp/wiki"
)

func shown(lines []wiki.Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s", map[string]string{wiki.Same: " ", wiki.Added: "+", wiki.Removed: "-"}[l.Kind])
		for _, p := range l.Pieces {
			if p.Changed && l.Kind != wiki.Same {
				fmt.Fprintf(&b, "{%s}", p.Text)
			} else {
				b.WriteString(p.Text)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, a, b, want string }{
		{"nothing", "a\nb", "a\nb", " a\n b\n"},
		{"a line more", "a\nb", "a\nx\nb", " a\n+{x}\n b\n"},
		{"a line less", "a\nx\nb", "a\nb", " a\n-{x}\n b\n"},
		{"a word", "The counter opens at nine.", "The counter opens at ten.", "-The counter opens at {nine}.\n+The counter opens at {ten}.\n"},
		{"all of it", "The counter", "Der Schalter", "-{The counter}\n+{Der Schalter}\n"},
		{"what moved", "a\nb\nc", "c\na\nb", "+{c}\n a\n b\n-{c}\n"},
		{"letters beyond ASCII", "Öffnung um neun Uhr", "Öffnung um zehn Uhr", "-Öffnung um {neun} Uhr\n+Öffnung um {zehn} Uhr\n"},
	} {
		if got := shown(wiki.Compare(tc.a, tc.b)); got != tc.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tc.name, got, tc.want)
		}
	}
}

// texts draws short texts of few lines, so that lines repeat.
func texts() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c d", "c e", "", "ä ö"}), 1, 8).Draw(t, "lines"), "\n")
	})
}

// Both texts can be read from their differences.
func TestCompareKeepsBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts().Draw(t, "a"), texts().Draw(t, "b")
		var x, y []string
		for _, l := range wiki.Compare(a, b) {
			s := ""
			for _, p := range l.Pieces {
				s += p.Text
			}
			if l.Kind != wiki.Added {
				if x = append(x, s); l.Before != len(x) {
					t.Fatalf("line %d is numbered %d", len(x), l.Before)
				}
			}
			if l.Kind != wiki.Removed {
				if y = append(y, s); l.After != len(y) {
					t.Fatalf("line %d is numbered %d", len(y), l.After)
				}
			}
		}
		if strings.Join(x, "\n") != a || strings.Join(y, "\n") != b {
			t.Fatalf("%q and %q became %q and %q", a, b, x, y)
		}
	})
}

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, base, own, theirs, want string
		both                          int
	}{
		{"only mine", "a\nb", "a\nx", "a\nb", "a\nx", 0},
		{"only theirs", "a\nb", "a\nb", "y\nb", "y\nb", 0},
		{"different places", "a\nb\nc\nd", "A\nb\nc\nd", "a\nb\nc\nD", "A\nb\nc\nD", 0},
		{"the same", "a\nb", "a\nx", "a\nx", "a\nx", 0},
		{"one place", "a\nb\nc", "a\nmine\nc", "a\ntheirs\nc", "a\nmine\ntheirs\nc", 1},
		{"I took out what they changed", "a\nb\nc", "a\nc", "a\nB\nc", "a\nB\nc", 1},
		{"both at the end", "a", "a\nmine", "a\ntheirs", "a\nmine\ntheirs", 1},
	} {
		if got := wiki.Merge(tc.base, tc.own, tc.theirs); got.Words != tc.want || got.Both != tc.both {
			t.Errorf("%s: got %q (%d), want %q (%d)", tc.name, got.Words, got.Both, tc.want, tc.both)
		}
	}
}

// Whatever line somebody added is in what comes out, and who changed nothing gets what the other has.
func TestMergeLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, own, theirs := texts().Draw(t, "base"), texts().Draw(t, "own"), texts().Draw(t, "theirs")
		got := wiki.Merge(base, own, theirs)
		for _, side := range []string{own, theirs} {
			for _, l := range wiki.Compare(base, side) {
				s := ""
				for _, p := range l.Pieces {
					s += p.Text
				}
				if l.Kind == wiki.Added && !strings.Contains("\n"+got.Words+"\n", "\n"+s+"\n") {
					t.Fatalf("%q is lost: %q + %q + %q = %q", s, base, own, theirs, got.Words)
				}
			}
		}
		if m := wiki.Merge(base, own, base); m.Words != own || m.Both != 0 {
			t.Fatalf("mine alone: %+v, want %q", m, own)
		}
		if m := wiki.Merge(base, base, theirs); m.Words != theirs || m.Both != 0 {
			t.Fatalf("theirs alone: %+v, want %q", m, theirs)
		}
	})
}

// What is too large is compared roughly, at once.
func TestCompareLarge(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a\nb\n", 10_000), strings.Repeat("b\nc\na\n", 6_000)
	if n := len(wiki.Compare(a, b)); n == 0 {
		t.Error("nothing")
	}
	if m := wiki.Merge(a, b, a+"x"); !strings.HasSuffix(m.Words, "x") {
		t.Error("what was added is lost")
	}
}
