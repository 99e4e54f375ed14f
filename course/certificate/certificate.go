// Package certificate draws the public page at which anyone checks a certificate: on the server, without script, in the
// reader's language, for screen and paper.
//
// The page does not say "valid". It shows everything that was signed, says what it has proven at this moment and what
// happened to the record since, and tells how to prove the same without it. It is pure: it knows no store and no HTTP.
package certificate

import (
	"crypto/ed25519"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"palestra/course/ledger"
	"palestra/internal/lang"
)

//go:embed page.html missing.html frame.html shapes.css
var files embed.FS

// Certificate is what the page is about. What is in the ledger is taken from the entries alone.
type Certificate struct {
	URL          string         // address of the page, absolute
	Organisation string         // name
	Zone         *time.Location // of the organisation
	Person       string         // name; "" if it was erased
	Course       string         // title
	CourseLang   string         // BCP 47 tag of the title; "": the reader's
	Programme    bool           // a programme instead of a course
	Parts        []Part         // of a programme: the courses that it rests on, from the record
	Rule         []string       // the rule in the reader's language, a sentence each; may be empty
	KeyURL       string         // where the public key can be had; "" if nowhere

	Entries []Entry                      // of this record, in order: the completion, then corrections and withdrawals; at least one
	Keys    map[string]ed25519.PublicKey // of this installation
}

// Part is a course that a completed programme rests on.
type Part struct {
	Title, Lang string
	Completed   time.Time
	Entry       int64 // number in the ledger
}

// Entry is an entry of the ledger and the one before it.
type Entry struct {
	ledger.Entry
	Before *ledger.Entry // nil: there is none
}

// State says what the page says of a certificate.
type State string

// The states of a certificate.
const (
	Good      State = "good"
	Corrected State = "corrected"
	Withdrawn State = "withdrawn"
	Wrong     State = "wrong" // something does not verify
)

// Check is what was proven of an entry.
type Check struct {
	Content   bool // gives the hash
	Signature bool // is of one of the keys
	Chain     bool // continues the ledger, and so does the entry before
}

// OK reports that nothing is wrong.
func (c Check) OK() bool { return c.Content && c.Signature && c.Chain }

// Prove verifies an entry and its place now.
func Prove(e Entry, keys map[string]ed25519.PublicKey) Check {
	c := Check{Content: true, Signature: true}
	if f, ok := errors.AsType[*ledger.Finding](e.Prove(keys)); ok {
		c.Content, c.Signature = f.Kind != ledger.Edited, false
	}
	c.Chain = e.Follows(e.Before) == nil && (e.Before == nil || e.Before.Prove(keys) == nil)
	return c
}

// State returns what the page would say.
func (c *Certificate) State() State {
	if !c.together() || slices.ContainsFunc(c.Entries, func(e Entry) bool { return !Prove(e, c.Keys).OK() }) {
		return Wrong
	}
	switch c.Entries[len(c.Entries)-1].Kind {
	case ledger.Withdrawal:
		return Withdrawn
	case ledger.Correction:
		return Corrected
	default:
		return Good
	}
}

// together reports whether the entries tell one record from its beginning: a completion and what corrects it.
func (c *Certificate) together() bool {
	for i, e := range c.Entries {
		if e.Record != c.Entries[0].Record || e.Organisation != c.Entries[0].Organisation || (i == 0) != (e.Kind == ledger.Completion) {
			return false
		}
		if i > 0 && e.Number <= c.Entries[i-1].Number {
			return false
		}
	}
	return true
}

// Renderer draws the pages.
type Renderer struct {
	texts *lang.Catalogue
	pages map[string]*template.Template
	style []byte
	path  string
}

// New makes a renderer. The tokens are the style sheet that names all colours and sizes; the page brings its own shapes.
func New(texts *lang.Catalogue, tokens []byte) (*Renderer, error) {
	r := &Renderer{texts: texts, pages: map[string]*template.Template{}}
	shapes, err := files.ReadFile("shapes.css")
	if err != nil {
		return nil, fmt.Errorf("certificate.New: %w", err)
	}
	r.style = slices.Concat(tokens, []byte("\n"), shapes)
	sum := sha256.Sum256(r.style)
	r.path = "/c/style/" + hex.EncodeToString(sum[:6]) + ".css"
	for _, name := range []string{"page.html", "missing.html"} {
		t, err := template.New(name).ParseFS(files, "frame.html", name)
		if err != nil {
			return nil, fmt.Errorf("certificate.New: %w", err)
		}
		r.pages[name] = t
	}
	return r, nil
}

// Style returns the style sheet of the pages and the path at which they expect it. The path changes with the content, so
// that it may be cached for ever.
func (r *Renderer) Style() (path string, css []byte) { return r.path, r.style }

// Page writes the page of a certificate in a locale, as checked now.
func (r *Renderer) Page(w io.Writer, locale string, c Certificate, now time.Time) error {
	if len(c.Entries) == 0 || c.Zone == nil {
		return errors.New("certificate.Page: a certificate has at least one entry and a zone")
	}
	if err := r.pages["page.html"].Execute(w, r.page(locale, &c, now)); err != nil {
		return fmt.Errorf("certificate.Page: %w", err)
	}
	return nil
}

// Missing writes the page that says that there is no such certificate. It belongs to the status 404.
func (r *Renderer) Missing(w io.Writer, locale string) error {
	f := r.frame(locale)
	f.Title = f.T("missing.title")
	if err := r.pages["missing.html"].Execute(w, struct{ frame }{f}); err != nil {
		return fmt.Errorf("certificate.Missing: %w", err)
	}
	return nil
}

// frame is what all pages need.
type frame struct {
	Locale    string
	Title     string
	StylePath string
	Languages []language

	texts *lang.Catalogue
}

type language struct {
	Locale, Name string
	Current      bool
}

func (r *Renderer) frame(locale string) frame {
	names := map[string]string{"en": "English", "de": "Deutsch", "it": "Italiano", "fr": "Français", "es": "Español", "pt": "Português", "sv": "Svenska", "fi": "Suomi", "pl": "Polski"}
	if names[locale] == "" {
		locale = lang.Default
	}
	f := frame{Locale: locale, StylePath: r.path, texts: r.texts}
	for _, l := range lang.Locales() {
		f.Languages = append(f.Languages, language{l, names[l], l == locale})
	}
	return f
}

// T returns a sentence of the page. Pairs of names and values fill it.
func (f frame) T(key string, pairs ...any) string {
	params := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		params[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return f.texts.T(f.Locale, "proof."+key, params)
}

type page struct {
	frame
	URL          string
	State        State
	Heading      string // of the state
	Says         string // about the state
	Sentence     []piece
	Person       string
	Course       string
	CourseLang   string
	Organisation string
	CourseWord   string // what Course is: a course or a programme
	VersionWord  string
	Parts        []part
	Completed    string
	Minutes      string
	Score        string
	Version      string
	Rule         []string
	RuleVersion  string
	History      []event
	Checks       []check
	Entry        string
	Written      string
	Signed       []fact
	Line         string
	KeyURL       string
	Key          string
}

// piece is a part of a sentence, perhaps in another language.
type piece struct{ Text, Lang string }

type event struct {
	Number, Written, What, Completed, Minutes, Score, Reason string
	OK                                                       bool
}

type part struct{ Title, Lang, Says string }

type check struct {
	OK   bool
	Text string
}

type fact struct {
	Name, Value string
	Code        bool // letters and digits to be compared, not read
}

func (r *Renderer) page(locale string, c *Certificate, now time.Time) page {
	f := r.frame(locale)
	// How the record stands: what its last entry says; a withdrawal says what is withdrawn.
	last := c.Entries[len(c.Entries)-1]
	p := page{
		frame: f, URL: c.URL, State: c.State(), Person: c.Person, Course: c.Course, CourseLang: c.CourseLang, Organisation: c.Organisation,
		Completed: r.texts.Zoned(f.Locale, last.CompletedAt.In(c.Zone)), Minutes: r.minutes(f, last), Score: r.score(f, last),
		Version: r.texts.Number(f.Locale, last.Version), Rule: c.Rule, RuleVersion: last.Rule,
		Entry: r.texts.Number(f.Locale, last.Number), Written: r.texts.Zoned(f.Locale, last.At.In(c.Zone)),
		Line: strings.TrimSuffix(string(ledger.Append(nil, last.Entry)), "\n"), KeyURL: c.KeyURL, Key: last.Key,
	}
	if p.Person == "" {
		p.Person = f.T("nobody")
	}
	if p.CourseLang == "" {
		p.CourseLang = f.Locale
	}
	p.Title, p.CourseWord, p.VersionWord = f.T("title"), f.T("course"), f.T("version")
	if c.Programme {
		p.CourseWord, p.VersionWord = f.T("programme"), f.T("programmeVersion")
		if last.Minutes == 0 {
			p.Minutes = "" // they are its courses'
		}
		for _, x := range c.Parts {
			p.Parts = append(p.Parts, part{x.Title, x.Lang, f.T("part", "when", r.texts.Zoned(f.Locale, x.Completed.In(c.Zone)), "number", r.texts.Number(f.Locale, x.Entry))})
		}
	}
	when := now
	if p.State == Withdrawn {
		when = last.At
	}
	p.Heading = f.T(string(p.State) + ".title")
	p.Says = f.T(string(p.State)+".text", "town", c.Organisation, "when", r.texts.Zoned(f.Locale, when.In(c.Zone)))
	if p.State == Good || p.State == Corrected { // the page claims nothing that does not hold
		p.Sentence = sentence(f, p, c.Programme)
	}
	for _, e := range c.Entries {
		p.History = append(p.History, event{
			Number: r.texts.Number(f.Locale, e.Number), Written: r.texts.DateTime(f.Locale, e.At.In(c.Zone)), What: f.T("kind." + e.Kind),
			Completed: r.texts.DateTime(f.Locale, e.CompletedAt.In(c.Zone)), Minutes: r.historyMinutes(f, e, c), Score: r.score(f, e), Reason: e.Reason,
			OK: Prove(e, c.Keys).OK(),
		})
	}
	p.Checks = checks(f, last, Prove(last, c.Keys))
	if !c.together() {
		p.Checks = append(p.Checks, check{false, f.T("check.record.bad")})
	}
	p.Signed = []fact{
		{f.T("entry"), p.Entry, false},
		{f.T("written"), p.Written, false},
		{f.T("record"), last.Record, true},
		{f.T("account"), last.Account, true},
		{f.T("statements"), r.texts.Number(f.Locale, int64(len(last.Statements))), false},
		{f.T("evidenceHash"), last.EvidenceHash, true},
		{f.T("previous"), last.Previous, true},
		{f.T("hash"), last.Hash, true},
		{f.T("key"), last.Key, true},
		{f.T("signature"), base64.StdEncoding.EncodeToString(last.Signature), true},
	}
	return p
}

// sentence is the one sentence that the certificate says, with the title in its own language.
func sentence(f frame, p page, programme bool) []piece {
	const mark = "\x00"
	key := "sentence"
	if programme {
		key = "sentence.programme"
	}
	var out []piece
	for i, text := range strings.Split(f.T(key, "person", p.Person, "town", p.Organisation, "course", mark), mark) {
		if i > 0 {
			out = append(out, piece{p.Course, p.CourseLang})
		}
		out = append(out, piece{Text: text})
	}
	return out
}

func (r *Renderer) minutes(f frame, e Entry) string {
	return r.texts.T(f.Locale, "proof.minutes", map[string]any{"count": int(e.Minutes)})
}

// historyMinutes are left out where a programme stands for none of its own.
func (r *Renderer) historyMinutes(f frame, e Entry, c *Certificate) string {
	if c.Programme && e.Minutes == 0 {
		return ""
	}
	return r.minutes(f, e)
}

func (r *Renderer) score(f frame, e Entry) string {
	if e.Score == nil {
		return ""
	}
	return r.texts.Percent(f.Locale, *e.Score)
}

func checks(f frame, e Entry, c Check) []check {
	word := func(ok bool, key string, pairs ...any) check {
		if ok {
			return check{true, f.T(key+".good", pairs...)}
		}
		return check{false, f.T(key+".bad", pairs...)}
	}
	out := []check{word(c.Content, "check.content"), word(c.Signature, "check.signature", "key", e.Key)}
	if c.Chain && e.Before == nil {
		return append(out, check{true, f.T("check.chain.first")})
	}
	return append(out, word(c.Chain, "check.chain", "number", e.Number-1))
}
