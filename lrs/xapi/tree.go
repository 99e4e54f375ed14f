package xapi

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep objects and arrays may be nested in a statement, extensions included.
const MaxDepth = 64

type kind uint8

const (
	object kind = iota + 1
	array
	text
	number
	boolean
	null
)

func (k kind) String() string {
	switch k {
	case object:
		return "an object"
	case array:
		return "an array"
	case text:
		return "a string"
	case number:
		return "a number"
	case boolean:
		return "true or false"
	case null:
		return "null"
	}
	return "nothing"
}

// node is one value of a JSON text. Nodes are numbered in the order in which they begin; 0 is the whole text and
// stands for "none" where a child or a sibling is meant.
type node struct {
	kind       kind
	escaped    bool  // the key has escapes
	start, end int32 // of the value in the source
	from       int32 // where the member begins: its key, or the value itself
	behind     int32 // of a member: where its key ends, behind the quotation mark; else 0
	first      int32 // child
	next       int32 // sibling
	count      int32 // children
}

// tree is a JSON text (RFC 8259) that has been read once: strictly, with every key at most once in its object, valid
// UTF-8 and no unpaired surrogates. Values stay where they are in the source.
type tree struct {
	src   []byte
	text  string // src; what is taken from it shares its memory
	nodes []node
	at    int
}

// parseTree reads the whole of src.
func parseTree(src []byte) (*tree, error) {
	if len(src) > math.MaxInt32 {
		return nil, &Error{Clause: "Communication §3.2", Text: "it is too large"}
	}
	t := &tree{src: src, text: string(src), nodes: make([]node, 0, 16+len(src)/16)}
	t.space()
	if _, err := t.value(0, t.at, 0, false); err != nil {
		return nil, err
	}
	t.space()
	if t.at != len(src) {
		return nil, t.broken("something follows the end of the JSON text")
	}
	return t, nil
}

func (t *tree) broken(format string, args ...any) error {
	return &Error{Clause: "Data §2.2", Text: fmt.Sprintf("not well-formed JSON at byte %d: ", t.at) + fmt.Sprintf(format, args...)}
}

func (t *tree) space() {
	for t.at < len(t.src) {
		switch t.src[t.at] {
		case ' ', '\t', '\n', '\r':
			t.at++
		default:
			return
		}
	}
}

// value reads a value. That of a member begins at from, where its key is, which ends before behind.
func (t *tree) value(depth, from, behind int, escaped bool) (int, error) {
	if depth > MaxDepth {
		return 0, t.broken("more than %d levels", MaxDepth)
	}
	if t.at >= len(t.src) {
		return 0, t.broken("the text ends too early")
	}
	n := len(t.nodes)
	t.nodes = append(t.nodes, node{start: int32(t.at), from: int32(from), behind: int32(behind), escaped: escaped})
	var k kind
	var err error
	switch c := t.src[t.at]; {
	case c == '{':
		k, err = object, t.members(n, depth)
	case c == '[':
		k, err = array, t.elements(n, depth)
	case c == '"':
		k = text
		_, err = t.string()
	case c == '-' || c >= '0' && c <= '9':
		k, err = number, t.number()
	case c == 't':
		k, err = boolean, t.literal("true")
	case c == 'f':
		k, err = boolean, t.literal("false")
	case c == 'n':
		k, err = null, t.literal("null")
	default:
		err = t.broken("no value begins with %q", c)
	}
	t.nodes[n].kind, t.nodes[n].end = k, int32(t.at)
	return n, err
}

func (t *tree) literal(w string) error {
	if string(t.src[t.at:min(len(t.src), t.at+len(w))]) != w {
		return t.broken("%s was expected", w)
	}
	t.at += len(w)
	return nil
}

func (t *tree) number() error {
	digits := func() bool {
		from := t.at
		for t.at < len(t.src) && t.src[t.at] >= '0' && t.src[t.at] <= '9' {
			t.at++
		}
		return t.at > from
	}
	is := func(set string) bool { return t.at < len(t.src) && strings.IndexByte(set, t.src[t.at]) >= 0 }
	if is("-") {
		t.at++
	}
	if is("0") {
		t.at++
	} else if !digits() {
		return t.broken("a number without digits")
	}
	if is(".") {
		t.at++
		if !digits() {
			return t.broken("a number without digits behind its point")
		}
	}
	if is("eE") {
		t.at++
		if is("+-") {
			t.at++
		}
		if !digits() {
			return t.broken("a number without digits in its exponent")
		}
	}
	return nil
}

// string reads a string and returns what it means.
func (t *tree) string() ([]byte, error) {
	t.at++
	from := t.at
	for t.at < len(t.src) {
		switch c := t.src[t.at]; {
		case c == '"':
			t.at++
			return t.src[from : t.at-1 : t.at-1], nil
		case c == '\\':
			return t.escaped(slices.Clone(t.src[from:t.at]))
		case c < 0x20:
			return nil, t.broken("a control character in a string")
		case c < utf8.RuneSelf:
			t.at++
		default:
			r, size := utf8.DecodeRune(t.src[t.at:])
			if r == utf8.RuneError && size == 1 {
				return nil, t.broken("a string is not UTF-8")
			}
			t.at += size
		}
	}
	return nil, t.broken("a string without its end")
}

func (t *tree) escaped(b []byte) ([]byte, error) {
	for t.at < len(t.src) {
		switch c := t.src[t.at]; {
		case c == '"':
			t.at++
			return b, nil
		case c < 0x20:
			return nil, t.broken("a control character in a string")
		case c == '\\':
			r, err := t.escape()
			if err != nil {
				return nil, err
			}
			b = utf8.AppendRune(b, r)
		default:
			r, size := utf8.DecodeRune(t.src[t.at:])
			if r == utf8.RuneError && size == 1 {
				return nil, t.broken("a string is not UTF-8")
			}
			b = append(b, t.src[t.at:t.at+size]...)
			t.at += size
		}
	}
	return nil, t.broken("a string without its end")
}

func (t *tree) escape() (rune, error) {
	if t.at+1 >= len(t.src) {
		return 0, t.broken("a string without its end")
	}
	c := t.src[t.at+1]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		t.at += 2
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	r, ok := t.unit()
	if !ok {
		return 0, t.broken("an unknown escape in a string")
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	low, ok := t.unit()
	if full := utf16.DecodeRune(r, low); ok && full != utf8.RuneError {
		return full, nil
	}
	return 0, t.broken("half of a surrogate pair in a string")
}

// unit reads \uXXXX.
func (t *tree) unit() (rune, bool) {
	if t.at+6 > len(t.src) || t.src[t.at] != '\\' || t.src[t.at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range t.src[t.at+2 : t.at+6] {
		r <<= 4
		switch {
		case c >= '0' && c <= '9':
			r |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			r |= rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return 0, false
		}
	}
	t.at += 6
	return r, true
}

func (t *tree) link(parent, last, child int) {
	if last == 0 {
		t.nodes[parent].first = int32(child)
	} else {
		t.nodes[last].next = int32(child)
	}
	t.nodes[parent].count++
}

func (t *tree) members(n, depth int) error {
	t.at++
	t.space()
	if t.at < len(t.src) && t.src[t.at] == '}' {
		t.at++
		return nil
	}
	var seen map[string]bool
	for last := 0; ; {
		if t.at >= len(t.src) || t.src[t.at] != '"' {
			return t.broken("a key was expected")
		}
		from := t.at
		key, err := t.string()
		if err != nil {
			return err
		}
		behind := t.at
		t.space()
		if t.at >= len(t.src) || t.src[t.at] != ':' {
			return t.broken("a colon was expected behind the key %s", shorten(string(key)))
		}
		t.at++
		t.space()
		if seen = t.seen(n, key, seen); seen[string(key)] {
			return &Error{Pointer: t.openPointer() + "/" + pointerKey(string(key)), Clause: "Data §2.2", Text: "this key is there twice"}
		} else if seen != nil {
			seen[string(key)] = true
		}
		child, err := t.value(depth+1, from, behind, len(key) != behind-from-2)
		if err != nil {
			return err
		}
		t.link(n, last, child)
		last = child
		t.space()
		if t.at < len(t.src) && t.src[t.at] == ',' {
			t.at++
			t.space()
			continue
		}
		if t.at < len(t.src) && t.src[t.at] == '}' {
			t.at++
			return nil
		}
		return t.broken("a comma or the end of an object was expected")
	}
}

// fewKeys is up to how many members of an object are compared one by one.
const fewKeys = 16

// seen returns a set that holds key if the object n has it already. It is nil while the object is small.
func (t *tree) seen(n int, key []byte, set map[string]bool) map[string]bool {
	if set != nil {
		return set
	}
	twice := false
	for c := t.child(n); c != 0 && !twice; c = t.sibling(c) {
		twice = t.key(c) == string(key)
	}
	if !twice && t.nodes[n].count < fewKeys {
		return nil
	}
	set = map[string]bool{}
	for c := t.child(n); c != 0; c = t.sibling(c) {
		set[t.key(c)] = true
	}
	return set
}

func (t *tree) elements(n, depth int) error {
	t.at++
	t.space()
	if t.at < len(t.src) && t.src[t.at] == ']' {
		t.at++
		return nil
	}
	for last := 0; ; {
		child, err := t.value(depth+1, t.at, 0, false)
		if err != nil {
			return err
		}
		t.link(n, last, child)
		last = child
		t.space()
		if t.at < len(t.src) && t.src[t.at] == ',' {
			t.at++
			t.space()
			continue
		}
		if t.at < len(t.src) && t.src[t.at] == ']' {
			t.at++
			return nil
		}
		return t.broken("a comma or the end of an array was expected")
	}
}

// child returns the first child of a node, or 0.
func (t *tree) child(n int) int { return int(t.nodes[n].first) }

// sibling returns the node behind another one in the same object or array, or 0.
func (t *tree) sibling(n int) int { return int(t.nodes[n].next) }

// key returns the key of a member, unescaped.
func (t *tree) key(n int) string {
	m := &t.nodes[n]
	if m.behind == 0 {
		return ""
	}
	if !m.escaped {
		return t.text[m.from+1 : m.behind-1]
	}
	key, err := (&tree{src: t.src[m.from:m.behind]}).string()
	if err != nil { // it has been read once already
		return ""
	}
	return string(key)
}

// raw returns the source of a value.
func (t *tree) raw(n int) []byte { return t.src[t.nodes[n].start:t.nodes[n].end] }

// str returns what a string means. n must be one.
func (t *tree) str(n int) string {
	if inner := t.text[t.nodes[n].start+1 : t.nodes[n].end-1]; strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	s := tree{src: t.raw(n)}
	b, err := s.string()
	if err != nil { // it has been read once already
		return ""
	}
	return string(b)
}

// float returns what a number means; ok is false if no float64 is near it.
func (t *tree) float(n int) (f float64, ok bool) {
	f, err := strconv.ParseFloat(t.text[t.nodes[n].start:t.nodes[n].end], 64)
	return f, err == nil
}

// member returns the value of an object's key, or 0.
func (t *tree) member(n int, key string) int {
	for c := t.child(n); c != 0; c = t.sibling(c) {
		if t.key(c) == key {
			return c
		}
	}
	return 0
}

// textAt returns the string under an object's key, or "".
func (t *tree) textAt(n int, key string) string {
	if c := t.member(n, key); c != 0 && t.nodes[c].kind == text {
		return t.str(c)
	}
	return ""
}

// pointer returns where a node is (RFC 6901). Children are numbered behind their parents, so the way down is the last
// child at or before the node.
func (t *tree) pointer(n int) string {
	var b strings.Builder
	for p := 0; p != n; {
		child, index := 0, -1
		for c, i := t.child(p), 0; c != 0 && c <= n; c, i = t.sibling(c), i+1 {
			child, index = c, i
		}
		if child == 0 {
			break
		}
		b.WriteByte('/')
		if t.nodes[p].kind == array {
			b.WriteString(strconv.Itoa(index))
		} else {
			b.WriteString(pointerKey(t.key(child)))
		}
		p = child
	}
	return b.String()
}

// openPointer is pointer of the value that is being read, when it and those around it are not linked yet.
func (t *tree) openPointer() string {
	var b strings.Builder
	around := -1
	for n := range t.nodes {
		switch {
		case t.nodes[n].end != 0:
			continue
		case around < 0:
		case t.src[t.nodes[around].start] == '[':
			b.WriteString("/" + strconv.Itoa(int(t.nodes[around].count)))
		default:
			b.WriteString("/" + pointerKey(t.key(n)))
		}
		around = n
	}
	return b.String()
}

func pointerKey(key string) string {
	return shorten(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
}

// shorten keeps what strangers sent from filling an answer.
func shorten(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
