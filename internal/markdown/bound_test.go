package markdown

import (
	"strings"
	"sync"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// endless are texts as long as a text may be, each of which costs the square of its length if nothing keeps it.
func endless() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, Limit/len(s)) }
	half := func(a, b string) string {
		return strings.Repeat(a, Limit/2/len(a)) + strings.Repeat(b, Limit/2/len(b))
	}
	return map[string]string{
		"emphasis":              fill("*a_"),
		"emphasis, closed":      half("*a **b ", "c* d** "),
		"emphasis, never":       half("*a ", "_b_ "),
		"struck":                fill("~~a*"),
		"emphasis in lines":     fill("*a_b ~c\n"),
		"brackets":              half("[", "]"),
		"links":                 fill("*[a](b)_"),
		"links, open":           fill("[a](b"),
		"links, opened":         fill("[a](<b"),
		"links, titled":         fill("[a](b \"c) [a](b 'd "),
		"links in links":        half("[a](b) [", "] "),
		"pictures":              fill("![a]["),
		"titles":                fill("[[a"),
		"code":                  fill("` `` ```a "),
		"ticks":                 ticks(890),
		"elements":              fill("<a b='"),
		"comments":              fill("<!--a"),
		"declarations":          fill("<!A<?b<![CDATA["),
		"addresses":             fill("a.b@c*"),
		"addresses in brackets": fill("(http://a"),
		"quotations":            fill(">"),
		"quotations in lines":   half(">", "\n> x"),
		"lists":                 fill("- "),
		"lists, then nothing":   half("- ", "\n") + "x",
		"lists, indented":       lists(500),
		"numbers":               fill("1. "),
		"terms":                 fill("a\n: "),
		"terms in terms":        fill("a\n: b\n\n    : c\n"),
		"a table, wide":         strings.Repeat("|a", 40_000) + "\n" + strings.Repeat("|-", 40_000) + "\n" + strings.Repeat("x\n", 100_000),
		"tables":                fill("a|b\n-|-\nc\n\n"),
		"a table of pipes":      "a|b\n-|-\n" + strings.Repeat("`\\|`|\n", Limit/7),
		"a table, maybe":        fill("-|-\n"),
		"definitions":           fill("[a]: b\n"),
		"definitions, quoted":   fill("[a]: b \"\n"),
		"definitions, many":     fill("[a]: b\n[c]: d\n\n"),
		"references":            "[a]: b\n\n" + strings.Repeat("[a] ", Limit/5),
		"underlined":            fill("a\n=\n"),
		"rules":                 fill("- - - - - - -\n"),
		"backslashes":           fill("\\*a\\"),
		"blank":                 fill(" "),
		"tabs":                  fill("\t- \t"),
		"headings":              fill("# # #\n"),
	}
}

// counted counts each comparison of two marks.
type counted struct {
	parser.InlineParser
	n *int
}

// Parse implements parser.InlineParser.
func (c counted) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	d := parser.ScanDelimiter(line, block.PrecendingCharacter(), 1, c)
	if d == nil {
		return nil
	}
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	block.Advance(d.OriginalLength)
	pc.PushDelimiter(d)
	return d
}

func (counted) IsDelimiter(b byte) bool { return b == '*' || b == '_' }

func (c counted) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	*c.n++
	return opener.Char == closer.Char
}

func (counted) OnMatch(n int) ast.Node { return ast.NewEmphasis(n) }

// However long and however meant, a text costs at most what it may: marks are compared so often, there are so many cells and
// so many blocks in each other, and what comes of it is in proportion to it.
func TestWork(t *testing.T) {
	t.Parallel()
	for name, in := range endless() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(in) > Limit {
				in = in[:Limit]
			}
			compared := 0
			p := bounded(parser.WithInlineParsers(util.Prioritized(counted{parser.NewEmphasisParser(), &compared}, 450)))
			pc := parser.NewContext()
			root := p.Parse(text.NewReader([]byte(in)), parser.WithContext(pc))
			w := workOf(pc)
			if w.done > maxWork || compared > maxWork || w.cells > maxCells {
				t.Errorf("%d of %d were spent, %d marks compared, %d cells made", w.done, maxWork, compared, w.cells)
			}
			nodes, blocks := 0, 0
			var walk func(n ast.Node, deep int)
			walk = func(n ast.Node, deep int) {
				nodes++
				if n.Type() == ast.TypeBlock {
					blocks = max(blocks, deep)
				}
				for c := n.FirstChild(); c != nil; c = c.NextSibling() {
					walk(c, deep+1)
				}
			}
			walk(root, 0)
			if nodes > 2*Limit || blocks > maxNested+5 {
				t.Errorf("%d nodes, blocks in each other %d deep", nodes, blocks)
			}
			t.Logf("%d spent, %d compared, %d nodes, %d deep", w.done, compared, nodes, blocks)
			if out, err := New().HTML(in); err != nil || len(out) > 20*Limit {
				t.Errorf("%d bytes came out, %v", len(out), err)
			}
		})
	}
}

// What people write is far from the bounds: a long handbook, a glossary, a table of all towns, a list of sources.
func TestWhatIsMeantIsRendered(t *testing.T) {
	t.Parallel()
	page := "## Title\n\nA **strong** and *soft* word, `code`, [a link](https://a.example/b_c_d), a note (in brackets), and [another][a].\n\n- one\n  - two\n    - *three*\n\n> quoted\n\n"
	for name, tc := range map[string]struct {
		in, part string
		times    int
	}{
		"handbook": {strings.Repeat(page, 1500) + "\n[a]: https://a.example", "<em>soft</em>", 1500},
		"links":    {strings.Repeat(page, 1500) + "\n[a]: https://a.example", ">another</a>", 1500},
		"deep":     {strings.Repeat(page, 1500), "<em>three</em>", 1500},
		"glossary": {strings.Repeat("- **term**: what it means, *as a rule* ([more](https://a.example))\n", 3000), "<em>as a rule</em>", 3000},
		"table":    {"a|b|c\n-|-|-\n" + strings.Repeat("**x**|`y`|[z](https://a.example)\n", 5000), "<td><strong>x</strong></td>", 5000},
		"sources":  {strings.Repeat("[a][s] ", 200) + "\n\n" + strings.Repeat("[s]: https://a.example\n", 400), ">a</a>", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := New().HTML(tc.in)
			if n := strings.Count(out, tc.part); err != nil || n != tc.times {
				t.Errorf("%d times %q, want %d (%v)", n, tc.part, tc.times, err)
			}
		})
	}
}

// Renderers are made while others work: every started server makes some. The race detector looks at this.
func TestRenderersAreMadeWhileOthersWork(t *testing.T) {
	t.Parallel()
	r := New()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { New() })
		all.Go(func() {
			if got, err := r.HTML("one *two*"); err != nil || got != "<p>one <em>two</em></p>\n" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	all.Wait()
}
