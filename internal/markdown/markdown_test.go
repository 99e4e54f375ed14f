package markdown

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	r := New()
	for _, tc := range []struct{ name, in, want string }{
		{"heading", "# Open data", "<h2>Open data</h2>\n"},
		{"emphasis", "a *b* **c**", "<p>a <em>b</em> <strong>c</strong></p>\n"},
		{"raw HTML goes", "a <script>alert(1)</script> b", "<p>a alert(1) b</p>\n"},
		{"script address", "[x](javascript:alert(1))", "<p>x</p>\n"},
		{"data address", "[x](data:text/html;base64,AAAA)", "<p>x</p>\n"},
		{"pictures from elsewhere go", "![x](https://evil.example/p.png)", "<p></p>\n"},
		{"link", "[law](https://eur-lex.europa.eu/x)", `<p><a href="https://eur-lex.europa.eu/x" rel="nofollow noreferrer">law</a></p>` + "\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := r.HTML(tc.in)
			if err != nil || got != tc.want {
				t.Errorf("HTML(%q) = %q, %v; want %q", tc.in, got, err, tc.want)
			}
		})
	}
	if _, err := r.HTML(strings.Repeat("x", Limit+1)); err == nil {
		t.Error("a text past the limit was rendered")
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("# a\n<img src=x onerror=alert(1)>\n[a](java\nscript:x)")
	f.Add("|a|b|\n|-|-|\n|<b onclick=x>|`</code><script>`|")
	r := New()
	f.Fuzz(func(t *testing.T, in string) {
		out, err := r.HTML(in)
		if err != nil {
			return
		}
		z := html.NewTokenizer(strings.NewReader(out))
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			if tok.Data == "script" || tok.Data == "iframe" || tok.Data == "style" || tok.Data == "img" {
				if tok.Type == html.StartTagToken {
					t.Fatalf("%q became %q", in, out)
				}
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && a.Key == "href" {
					t.Fatalf("%q became %q", in, out)
				}
			}
		}
	})
}
