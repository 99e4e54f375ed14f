package markdown_test

import (
	"strings"
	"testing"

	"palestra/internal/markdown"
)

func TestTitled(t *testing.T) {
	t.Parallel()
	r := markdown.New()
	for _, tc := range []struct{ name, in, want string }{
		{"a title", "See [[Opening hours]].", `<p>See <a href="/w?t=Opening+hours">Opening hours</a>.</p>`},
		{"with words", "[[Öffnung|the *hours*]]", `<p><a href="/w?t=%C3%96ffnung">the *hours*</a></p>`},
		{"a way out", "[[../../x?y#z]]", `<p><a href="/w?t=..%2F..%2Fx%3Fy%23z">../../x?y#z</a></p>`},
		{"in code", "`[[Code]]`", `<p><code>[[Code]]</code></p>`},
		{"a script", `[[a|<script>x</script>]]`, `<p><a href="/w?t=a">&lt;script&gt;x&lt;/script&gt;</a></p>`},
		{"no end", "[[Opening", `<p>[[Opening</p>`},
		{"another link beside it", "[a](https://a.example) [[B]]", `<p><a href="https://a.example" rel="nofollow noreferrer">a</a> <a href="/w?t=B">B</a></p>`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := r.Titled(tc.in, "/w?t=")
			if err != nil || strings.TrimSpace(got) != tc.want {
				t.Errorf("%q: got %q, want %q (%v)", tc.in, got, tc.want, err)
			}
		})
	}
	if got, _ := r.HTML("[[Title]]"); strings.Contains(got, "href") {
		t.Errorf("elsewhere it is no link: %q", got)
	}
}
