package xapi

import (
	"encoding/json"
)

// Split returns the elements of a JSON array of statements, or the one statement, without reading them further than to
// their ends: Parse finds whatever is wrong inside. The error is an *Error. Communication §2.1.2
func Split(body []byte) ([]json.RawMessage, error) {
	t := &tree{src: body}
	t.space()
	if t.at == len(body) {
		return nil, t.broken("the text ends too early")
	}
	switch body[t.at] {
	case '{':
		return []json.RawMessage{body[t.at:]}, nil
	case '[':
	default:
		return nil, &Error{Clause: "Communication §2.1.2", Text: "a statement or an array of statements was expected"}
	}
	t.at++
	t.space()
	list := make([]json.RawMessage, 0, 1+len(body)/1024)
	if t.at < len(body) && body[t.at] == ']' {
		t.at++
		return list, t.ended()
	}
	for {
		from := t.at
		if err := t.skip(); err != nil {
			return nil, err
		}
		if t.at == from {
			return nil, t.broken("a statement was expected")
		}
		list = append(list, body[from:t.at])
		t.space()
		if t.at == len(body) {
			return nil, t.broken("the text ends too early")
		}
		t.at++
		switch body[t.at-1] {
		case ',':
			t.space()
		case ']':
			return list, t.ended()
		default:
			t.at--
			return nil, t.broken("a comma or the end of an array was expected")
		}
	}
}

// ended fails if anything but white space is left.
func (t *tree) ended() error {
	t.space()
	if t.at != len(t.src) {
		return t.broken("something follows the end of the JSON text")
	}
	return nil
}

// skip goes to the end of a value: behind the bracket that closes it, or to whatever follows a value without brackets.
func (t *tree) skip() error {
	for depth := 0; t.at < len(t.src); t.at++ {
		switch t.src[t.at] {
		case '"':
			if !t.skipString() {
				return t.broken("a string without its end")
			}
			if depth == 0 {
				t.at++
				return nil
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return nil
			}
			if depth--; depth == 0 {
				t.at++
				return nil
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return nil
			}
		}
	}
	return t.broken("the text ends too early")
}

// skipString goes to the quotation mark that ends a string.
func (t *tree) skipString() bool {
	for t.at++; t.at < len(t.src); t.at++ {
		switch t.src[t.at] {
		case '"':
			return true
		case '\\':
			t.at++
		}
	}
	return false
}
