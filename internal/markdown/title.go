package markdown

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Titled renders a text as HTML does, with links by title: [[Title]] and [[Title|words]] lead to base and the escaped
// title. In code they are left alone. Fault: markdown.too_long.
func (r *Renderer) Titled(words, base string) (string, error) {
	c := parser.NewContext()
	c.Set(baseKey, base)
	return r.html(r.titled, words, parser.WithContext(c))
}

// byTitle makes a parser look for links by title before it looks for others.
func byTitle(base parser.ContextKey) parser.Option {
	return parser.WithInlineParsers(util.Prioritized(&titles{base: base, form: regexp.MustCompile(`^\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]`)}, 150))
}

type titles struct {
	base parser.ContextKey
	form *regexp.Regexp
}

// Trigger implements parser.InlineParser.
func (*titles) Trigger() []byte { return []byte{'['} }

// Parse implements parser.InlineParser.
func (t *titles) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	m := t.form.FindSubmatch(line)
	if m == nil {
		return nil
	}
	base, _ := pc.Get(t.base).(string)
	title := strings.Join(strings.Fields(string(m[1])), " ")
	shown := strings.TrimSpace(string(m[2]))
	if shown == "" {
		shown = title
	}
	if title == "" {
		return nil
	}
	link := ast.NewLink()
	link.Destination = []byte(base + url.QueryEscape(title))
	link.AppendChild(link, ast.NewString([]byte(shown)))
	block.Advance(len(m[0]))
	return link
}
