package caption

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// VTT writes cues as a WebVTT file.
func VTT(cues []Cue) []byte {
	var b bytes.Buffer
	b.WriteString("WEBVTT\n")
	for i, c := range cues {
		fmt.Fprintf(&b, "\n%d\n%s --> %s", i+1, stamp(c.Start, '.'), stamp(c.End, '.'))
		if c.Place != "" {
			b.WriteString(" " + c.Place)
		}
		b.WriteByte('\n')
		if c.Voice != "" {
			b.WriteString("<v " + c.Voice + ">")
		}
		b.WriteString(c.Text + "\n")
	}
	return b.Bytes()
}

// What of plain text a reader of SubRip would take for something else.
var (
	looksTag    = regexp.MustCompile(`<([!?/0-9A-Za-z>])`)
	looksEscape = regexp.MustCompile(`&(#?[0-9A-Za-z]+;?)`)
)

// SRT writes cues as a SubRip file. SubRip has no places, and who speaks becomes part of the text.
func SRT(cues []Cue) []byte {
	var b bytes.Buffer
	for i, c := range cues {
		fmt.Fprintf(&b, "%d\r\n%s --> %s\r\n", i+1, stamp(c.Start, ','), stamp(c.End, ','))
		if c.Voice != "" {
			b.WriteString(c.Voice + ": ")
		}
		for line := range strings.SplitSeq(c.Text, "\n") {
			b.WriteString(subrip(line) + "\r\n")
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// subrip writes a line of cue text with as few escapes as can be: many players show them as they are.
func subrip(line string) string {
	var b strings.Builder
	for line != "" {
		at := strings.IndexByte(line, '<')
		text, tag := line, ""
		if at >= 0 {
			end := strings.IndexByte(line[at:], '>')
			text, tag, line = line[:at], line[at:at+end+1], line[at+end+1:] // tags are closed: the invariant of Text
		} else {
			line = ""
		}
		text = plain(text)
		text = looksEscape.ReplaceAllString(text, "&amp;$1")
		text = looksTag.ReplaceAllString(text, "&lt;$1")
		text = strings.ReplaceAll(text, "-->", "--&gt;")
		text = strings.ReplaceAll(text, `{\`, `&#123;\`)
		b.WriteString(text + tag)
	}
	return b.String()
}

func stamp(d time.Duration, point rune) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d%c%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, point, ms%1000)
}
