package markdown

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// long is the longest text that somebody who is no author of courses sends, in characters: the story of a practice.
const long = 20_000

// hostile is Markdown that means harm: what runs, what loads from elsewhere, what is never closed, what is nested without
// end, what turns the direction of the page.
func hostile() map[string]string {
	return map[string]string{
		"script":            "<script>alert(1)</script>",
		"script, unclosed":  "Hello <script>alert(1)",
		"script in a table": "|a|b|\n|-|-|\n|<script>alert(1)</script>|`</code><script>`|",
		"svg":               "<svg onload=alert(1)><animate onbegin=alert(1)>",
		"event":             "<p onclick=alert(1)>x</p>",
		"style":             "<style>body{display:none}</style><p style=\"position:fixed\">x</p>",
		"frame":             "<iframe src=\"https://evil.example\"></iframe>",
		"form":              "<form action=\"https://evil.example\"><input name=password></form>",
		"base":              "<base href=\"https://evil.example/\">",
		"javascript":        "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](java&#115;cript:alert(1)) [w](&#x6A;avascript:alert(1))",
		"javascript, split": "[x](java\tscript:alert(1)) [y](<java\nscript:alert(1)>) [z]( javascript:alert(1))",
		"javascript, auto":  "<javascript:alert(1)>",
		"javascript, ref":   "[x][1]\n\n[1]: javascript:alert(1)",
		"vbscript":          "[x](vbscript:msgbox(1)) [y](file:///etc/passwd)",
		"data":              "[x](data:text/html;base64,PHNjcmlwdD4=) ![y](data:image/svg+xml;base64,PHN2Zz4=) <img src=\"data:image/png;base64,AAAA\">",
		"picture elsewhere": "![x](https://evil.example/p.png)",
		"unclosed":          "<div><b><i><table><tr><td><a href=\"https://evil.example",
		"comment":           "<!-- --!> <script>alert(1)</script> -->",
		"title":             "[x](https://a.example \"a\\\" onmouseover=alert(1) \\\"\")",
		"bidi":              "gnp.\u202Eexe \u2066x\u2069 \u200F",
		"null":              "a\u0000b\uFFFD",
		"quotes":            strings.Repeat(">", long) + "x",
		"lists":             lists(140),
		"brackets":          strings.Repeat("[", long/2) + strings.Repeat("]", long/2),
		"images":            strings.Repeat("![", long/2),
		"stars":             strings.Repeat("*a_", long/3),
		"backticks":         ticks(200),
		"open tags":         strings.Repeat("<b>", long/3),
		"definitions":       strings.Repeat("a\n: ", long/4),
		"references":        strings.Repeat("[a]: b\n", long/14) + strings.Repeat("[a] ", long/8),
	}
}

func lists(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "- x\n")
	}
	return b.String()
}

func ticks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("`", i) + " ")
	}
	return b.String()
}

// What comes out holds only elements and attributes that were meant, each closed in its place, so that nothing of it reaches
// into the page around it.
func TestHostile(t *testing.T) {
	t.Parallel()
	r := New()
	for name, in := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := r.HTML(in)
			if err != nil {
				t.Fatal(err)
			}
			var open []string
			z := html.NewTokenizer(strings.NewReader(out))
			for z.Next() != html.ErrorToken {
				tok := z.Token()
				switch tok.Type {
				case html.StartTagToken:
					open = append(open, tok.Data)
				case html.EndTagToken:
					if len(open) == 0 || open[len(open)-1] != tok.Data {
						t.Fatalf("</%s> closes nothing of its own in %.300q", tok.Data, out)
					}
					open = open[:len(open)-1]
				case html.CommentToken, html.DoctypeToken:
					t.Fatalf("it holds %q", tok.String())
				}
				for _, never := range []string{"script", "svg", "style", "iframe", "form", "input", "base", "img", "object", "meta", "link", "math", "template"} {
					if tok.Type != html.TextToken && tok.Data == never {
						t.Fatalf("it holds <%s>: %.300q", never, out)
					}
				}
				for _, a := range tok.Attr {
					ok := a.Key == "rel" || a.Key == "start" || a.Key == "align"
					if a.Key == "href" {
						ok = !strings.Contains(a.Val, ":") || strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://") || strings.HasPrefix(a.Val, "mailto:")
					}
					if !ok {
						t.Fatalf("it holds %s=%q", a.Key, a.Val)
					}
				}
			}
			if len(open) > 0 {
				t.Fatalf("it leaves %v open", open)
			}
		})
	}
}
