// Package markdown renders what authors write, safely: CommonMark with tables, strikethrough and footnotes; no raw HTML,
// no scripts, no addresses that run something, no pictures from elsewhere; at a cost that is bounded.
package markdown

import (
	"bytes"
	"regexp"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"palestra/internal/fault"
)

// Limit is the longest text that is rendered, in bytes.
const Limit = 400_000

// What is known of a text while it is read. goldmark counts its keys without a lock, and every text that is read looks at the count:
// they are made before anything runs, once for all renderers.
var (
	baseKey = parser.NewContextKey() //nolint:gochecknoglobals // as above; where its links by title lead
	workKey = parser.NewContextKey() //nolint:gochecknoglobals // as above; what it has cost so far
)

// Renderer renders Markdown. It is safe for concurrent use.
type Renderer struct {
	md     goldmark.Markdown
	titled goldmark.Markdown // knows links by title, too
	policy *bluemonday.Policy
}

// New returns a renderer.
func New() *Renderer {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del", "sup", "sub",
		"table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "section")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(?:left|right|center)$`)).OnElements("th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	p.RequireNoFollowOnFullyQualifiedLinks(true)
	p.RequireParseableURLs(true)
	with := func(more ...parser.Option) goldmark.Markdown {
		return goldmark.New(goldmark.WithParser(bounded(more...)), goldmark.WithExtensions(extension.Strikethrough, extension.Linkify),
			goldmark.WithRendererOptions(html.WithXHTML(), renderer.WithNodeRenderers(
				util.Prioritized(extension.NewTableHTMLRenderer(), 500), util.Prioritized(extension.NewDefinitionListHTMLRenderer(), 500))))
	}
	return &Renderer{md: with(), titled: with(byTitle(baseKey)), policy: p}
}

// HTML renders a text. The page's h1 is the lesson's title, so a heading of the first level becomes one of the second.
// Fault: markdown.too_long.
func (r *Renderer) HTML(text string) (string, error) { return r.html(r.md, text) }

func (r *Renderer) html(md goldmark.Markdown, text string, how ...parser.ParseOption) (string, error) {
	if len(text) > Limit {
		return "", fault.New(fault.TooLarge, "markdown.too_long", "the text is longer than %d bytes", Limit).With("max", Limit)
	}
	var b bytes.Buffer
	if err := md.Convert([]byte(text), &b, how...); err != nil {
		return "", err
	}
	out := b.Bytes()
	out = bytes.ReplaceAll(out, []byte("<h1>"), []byte("<h2>"))
	out = bytes.ReplaceAll(out, []byte("</h1>"), []byte("</h2>"))
	return string(r.policy.SanitizeBytes(out)), nil
}
