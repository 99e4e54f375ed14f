// Package csvcell writes texts as cells of CSV files that spreadsheets open without taking them for formulas.
package csvcell

import (
	"strings"
	"unicode/utf8"
)

// Clean replaces what no spreadsheet can hold: invalid UTF-8 and control characters other than tab and line ends.
func Clean(s string) string {
	wrong := func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r == 0xfffe || r == 0xffff
	}
	if utf8.ValidString(s) && !strings.ContainsFunc(s, wrong) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if wrong(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// Defuse puts an apostrophe before a text that a spreadsheet would take for a formula when it opens a CSV file, and before
// one that begins with an apostrophe, so that Plain can undo it.
func Defuse(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	if s == "" || !strings.ContainsRune("=+-@\t\r\n'＝＋－＠", r) {
		return s
	}
	return "'" + s
}

// Plain returns the text of a cell as it was before it was defused.
func Plain(cell string) string { return strings.TrimPrefix(cell, "'") }

// Append appends a cell, within quotes where RFC 4180 §2 wants them, around other separators, and around leading and
// trailing spaces.
func Append(line []byte, s string) []byte {
	if !strings.ContainsAny(s, "\"\r\n,;\t") && !strings.HasPrefix(s, " ") && !strings.HasSuffix(s, " ") {
		return append(line, s...)
	}
	line = append(line, '"')
	for i := range len(s) {
		if s[i] == '"' {
			line = append(line, '"')
		}
		line = append(line, s[i])
	}
	return append(line, '"')
}
