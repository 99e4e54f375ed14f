package caption

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is how a piece of text is drawn.
type style struct{ b, i, u int } // depth of each tag

func (s style) same(t style) bool {
	return (s.b > 0) == (t.b > 0) && (s.i > 0) == (t.i > 0) && (s.u > 0) == (t.u > 0)
}

// markup makes cue text of lines of a file: known tags are balanced on each line, others are left out, the rest is
// escaped. The first voice goes to voice, if that is not nil. braces says that orders in braces, as {\an8}, are left out.
func markup(lines []string, voice *string, braces bool) string {
	var now style
	var out []string
	for _, line := range lines {
		var b strings.Builder
		var run strings.Builder
		flush := func(s style) {
			text := run.String()
			run.Reset()
			if strings.TrimSpace(text) == "" {
				b.WriteString(text)
				return
			}
			before, after := s.tags()
			b.WriteString(before + Escape(text) + after)
		}
		rest := line
		for rest != "" {
			at := strings.IndexFunc(rest, func(r rune) bool { return r == '<' || braces && r == '{' })
			if at < 0 {
				run.WriteString(clean(rest))
				break
			}
			run.WriteString(clean(rest[:at]))
			rest = rest[at:]
			tag, after, ok := cutTag(rest)
			if !ok {
				run.WriteByte(rest[0])
				rest = rest[1:]
				continue
			}
			rest = after
			next := now.apply(tag, voice)
			if !next.same(now) {
				flush(now)
			}
			now = next
		}
		flush(now)
		if text := strings.TrimSpace(b.String()); text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}

// maxTag is how long a tag may be, in bytes; a longer one is text.
const maxTag = 300

// cutTag cuts a tag, or an order of other formats in braces, from the beginning of a text. What only looks like one is
// text: "a < b", "<3".
func cutTag(s string) (tag, rest string, ok bool) {
	near := s[:min(len(s), maxTag)] // or hostile lines would cost their length squared
	if s[0] == '{' {
		end := strings.IndexByte(near, '}')
		if end < 0 || !strings.HasPrefix(s, `{\`) { // Advanced SubStation
			return "", "", false
		}
		return "", s[end+1:], true
	}
	end := strings.IndexByte(near, '>')
	if end < 0 {
		return "", "", false
	}
	tag = s[1:end]
	if strings.Contains(tag, "<") {
		return "", "", false
	}
	if tag == "" || tag[0] == '/' || tag[0] == '!' || tag[0] == '?' || tag[0] >= '0' && tag[0] <= '9' || tag[0] >= 'a' && tag[0] <= 'z' || tag[0] >= 'A' && tag[0] <= 'Z' {
		return tag, s[end+1:], true
	}
	return "", "", false
}

func (s style) apply(tag string, voice *string) style {
	name, annotation, _ := strings.Cut(tag, " ")
	name, _, _ = strings.Cut(strings.ToLower(name), ".") // classes
	switch name {
	case "b":
		s.b++
	case "i":
		s.i++
	case "u":
		s.u++
	case "/b":
		s.b = max(0, s.b-1)
	case "/i":
		s.i = max(0, s.i-1)
	case "/u":
		s.u = max(0, s.u-1)
	case "v":
		if voice != nil && *voice == "" {
			*voice = voiceName(html.UnescapeString(annotation))
		}
	}
	return s
}

func (s style) tags() (before, after string) {
	for _, t := range []struct {
		name string
		on   bool
	}{{"b", s.b > 0}, {"i", s.i > 0}, {"u", s.u > 0}} {
		if t.on {
			before += "<" + t.name + ">"
			after = "</" + t.name + ">" + after
		}
	}
	return before, after
}

// clean takes out what has no place in a line of text, and reads escapes.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\u2028' || r == '\u2029':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r):
			return -1
		}
		return r
	}, html.UnescapeString(s))
}

// voiceName makes a name that can stand in a tag.
func voiceName(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || r == '&' {
			return ' '
		}
		return r
	}, clean(s))), " ")
	for len(s) > maxVoice {
		_, n := utf8.DecodeLastRuneInString(s)
		s = strings.TrimSpace(s[:len(s)-n])
	}
	return s
}
