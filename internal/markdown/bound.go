package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What a text may cost. The parser looks back over a paragraph's marks, and forward over its bytes, at each mark; it fills
// up each row of a table, and looks through all open lists and quotations at each line: all of that grows with the square
// of the text. What is past these bounds stays as it was written; nothing is refused, because what is stored must be shown.
const (
	maxWork    = 40_000_000 // marks looked back at and bytes looked forward at, in a text
	maxCells   = 20_000     // of all tables of a text, those that are filled up included
	maxPipes   = 500        // escaped ones in tables
	maxNested  = 40         // lists, their items and quotations in each other
	maxDefined = 500        // lines of a paragraph that may define addresses
)

// work is what a text has cost so far.
type work struct {
	done, cells, pipes int
	block              ast.Node
	marks              int // of block so far
}

// workOf is what the text that is read has cost so far.
func workOf(pc parser.Context) *work {
	w, ok := pc.Get(workKey).(*work)
	if !ok {
		w = &work{}
		pc.Set(workKey, w)
	}
	return w
}

// bounded returns goldmark's parser with those before it that keep a text within its bounds.
func bounded(more ...parser.Option) parser.Parser {
	blocks := parser.DefaultBlockParsers()
	for i, p := range blocks {
		switch p.Priority {
		case 300, 800: // lists, quotations
			blocks[i].Value = shallow{p.Value.(parser.BlockParser)}
		}
	}
	options := append([]parser.Option{
		parser.WithBlockParsers(blocks...),
		parser.WithBlockParsers(util.Prioritized(shallow{extension.NewDefinitionListParser()}, 101), util.Prioritized(extension.NewDefinitionDescriptionParser(), 102)),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithInlineParsers(util.Prioritized(marks{}, 0)),
		parser.WithParagraphTransformers(util.Prioritized(definitions{parser.LinkReferenceParagraphTransformer}, 100), util.Prioritized(tables{extension.NewTableParagraphTransformer()}, 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	}, more...)
	return parser.NewParser(options...)
}

// marks counts what each mark may cost, before any other parser sees it. When a text has cost enough, it takes the rest of
// the line as it stands.
type marks struct{}

// Trigger implements parser.InlineParser.
func (marks) Trigger() []byte { return []byte("*_~`[]!<(") }

// Parse implements parser.InlineParser.
func (marks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	w := workOf(pc)
	if w.block != parent {
		w.block, w.marks = parent, 0
	}
	_, rest := block.PeekLine()
	lines := parent.Lines()
	cost := w.marks + lines.At(lines.Len()-1).Stop - rest.Start
	if w.done+cost <= maxWork {
		w.done += cost
		w.marks++
		return nil
	}
	for source := block.Source(); rest.Stop > rest.Start+1 && (source[rest.Stop-1] == '\n' || source[rest.Stop-1] == '\r'); {
		rest.Stop--
	}
	block.Advance(rest.Len())
	return ast.NewTextSegment(rest)
}

// shallow opens no block in too many others.
type shallow struct{ parser.BlockParser }

// Open implements parser.BlockParser.
func (s shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		if depth++; depth > maxNested {
			return nil, parser.NoChildren
		}
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// definitions looks for defined addresses in short paragraphs: taking each out moves all lines behind it.
type definitions struct{ parser.ParagraphTransformer }

// Transform implements parser.ParagraphTransformer.
func (d definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	if node.Lines().Len() <= maxDefined {
		d.ParagraphTransformer.Transform(node, reader, pc)
	}
}

// tables makes tables of so many cells only.
type tables struct{ parser.ParagraphTransformer }

// Transform implements parser.ParagraphTransformer.
func (t tables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines, cells, pipes := node.Lines(), 0, 0
	for i := range lines.Len() {
		segment := lines.At(i)
		line := segment.Value(reader.Source())
		pipes += bytes.Count(line, []byte(`\|`))
		if i > 0 && bytes.IndexByte(line, '-') >= 0 && len(bytes.Trim(line, "-|: \t\r\n")) == 0 {
			cells = max(cells, (bytes.Count(line, []byte("|"))+1)*(lines.Len()-i+1))
		}
	}
	if cells == 0 {
		return
	}
	w := workOf(pc)
	if w.cells+cells > maxCells || w.pipes+pipes > maxPipes {
		return
	}
	w.cells, w.pipes = w.cells+cells, w.pipes+pipes
	t.ParagraphTransformer.Transform(node, reader, pc)
}
