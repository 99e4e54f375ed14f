package caption

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"palestra/internal/fault"
)

// Read reads WebVTT or SubRip and returns its cues by start. WebVTT is UTF-8; SubRip may also be in the Windows code
// page of the language, which is a BCP 47 tag or empty. Both may be UTF-16 with a byte order mark. Whatever is neither
// time nor text (styles, regions, scripts) is left out.
// faults video.captions_too_large, video.captions_invalid, video.captions_empty
func Read(file []byte, lang string) ([]Cue, error) {
	if len(file) > MaxBytes {
		return nil, fault.New(fault.TooLarge, "video.captions_too_large", "the caption file has more than %d bytes", MaxBytes).With("limit", MaxBytes)
	}
	text, err := decode(file, lang)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	var cues []Cue
	if isVTT(lines[0]) {
		cues = readVTT(lines[1:])
	} else {
		cues = readSRT(lines)
		if len(cues) == 0 && strings.TrimSpace(text) != "" {
			return nil, invalid("the file is not WebVTT or SubRip")
		}
	}
	return settle(cues)
}

func isVTT(line string) bool {
	rest, ok := strings.CutPrefix(line, "WEBVTT")
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

func decode(file []byte, lang string) (string, error) {
	notText := func() error { return invalid("the file is not text in UTF-8") }
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xfe")):
		return wide(file[2:], binary.LittleEndian)
	case bytes.HasPrefix(file, []byte("\xfe\xff")):
		return wide(file[2:], binary.BigEndian)
	}
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(file, 0) >= 0 {
		return "", notText()
	}
	if utf8.Valid(file) {
		return string(file), nil
	}
	if bytes.HasPrefix(file, []byte("WEBVTT")) { // which is UTF-8 by definition (WebVTT §4.1)
		return "", notText()
	}
	page := charmap.Windows1252
	if base, _, _ := strings.Cut(lang, "-"); base == "pl" || base == "cs" || base == "hu" || base == "sk" || base == "sl" || base == "hr" || base == "ro" {
		page = charmap.Windows1250
	}
	text, err := page.NewDecoder().Bytes(file)
	if err != nil {
		return "", notText()
	}
	return string(text), nil
}

func wide(b []byte, order binary.ByteOrder) (string, error) {
	if len(b)%2 != 0 {
		return "", invalid("the file is not text in UTF-8")
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		if units[i] = order.Uint16(b[2*i:]); units[i] == 0 {
			return "", invalid("the file is not text in UTF-8")
		}
	}
	return string(utf16.Decode(units)), nil
}

// The way SubRip and WebVTT write times, generously: hours may be missing, one digit may stand for two, comma or point.
var timing = regexp.MustCompile(`^[ \t]*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})[ \t]*-->[ \t]*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})(?:[ \t]+(.*))?[ \t]*$`)

// times reads a line of times.
func times(line string) (start, end time.Duration, settings string, ok bool) {
	if !strings.Contains(line, "-->") {
		return 0, 0, "", false
	}
	f := timing.FindStringSubmatch(line)
	if f == nil {
		return 0, 0, "", false
	}
	return moment(f[1:5]), moment(f[5:9]), f[9], true
}

func moment(f []string) time.Duration {
	n := func(s string) int64 {
		v, err := strconv.ParseInt(s, 10, 64)
		if err != nil { // hours that are not written
			return 0
		}
		return v
	}
	ms := ((n(f[0])*60+n(f[1]))*60+n(f[2]))*1000 + n((f[3] + "00")[:3])
	return time.Duration(ms) * time.Millisecond
}

// readVTT reads what follows the first line of a WebVTT file (WebVTT §6.1).
func readVTT(lines []string) []Cue {
	var cues []Cue
	for i := 0; i < len(lines); {
		if strings.TrimSpace(lines[i]) == "" {
			i++
			continue
		}
		// A block: to the next empty line, or to the next line of times that is not its own.
		var own int
		start, end, settings, found := times(lines[i])
		if own = i; !found && i+1 < len(lines) {
			start, end, settings, found = times(lines[i+1])
			own = i + 1
		}
		if !found { // header, NOTE, STYLE, REGION, or rubbish
			for i < len(lines) && strings.TrimSpace(lines[i]) != "" {
				if _, _, _, cue := times(lines[i]); cue {
					break
				}
				i++
			}
			continue
		}
		i = own + 1
		var text []string
		for i < len(lines) && strings.TrimSpace(lines[i]) != "" && !strings.Contains(lines[i], "-->") {
			text = append(text, lines[i])
			i++
		}
		c := Cue{Start: start, End: end, Place: place(settings)}
		c.Text = markup(text, &c.Voice, false)
		cues = append(cues, c)
	}
	return cues
}

// readSRT reads SubRip. What lies between two lines of times is the text of the first, without the number that belongs
// to the second; empty lines within are left out.
func readSRT(lines []string) []Cue {
	var at []int
	for i, l := range lines {
		if _, _, _, ok := times(l); ok {
			at = append(at, i)
		}
	}
	var cues []Cue
	for n, i := range at {
		to := len(lines)
		if n+1 < len(at) {
			if to = at[n+1]; to-1 > i && isNumber(lines[to-1]) {
				to--
			}
		}
		start, end, _, _ := times(lines[i])
		c := Cue{Start: start, End: end}
		c.Text = markup(lines[i+1:to], nil, true)
		cues = append(cues, c)
	}
	return cues
}

func isNumber(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && len(line) < 8 && strings.Trim(line, "0123456789") == ""
}

// place keeps the settings that say where a cue is shown and leaves out every other one (WebVTT §4.4).
func place(settings string) string {
	if settings == "" || len(settings) > 10*maxSetting {
		return ""
	}
	var keep []string
	seen := map[string]bool{}
	for s := range strings.FieldsSeq(settings) {
		name, value, _ := strings.Cut(s, ":")
		if !seen[name] && isSetting(name, value) {
			seen[name] = true
			keep = append(keep, s)
		}
	}
	return strings.Join(keep, " ")
}

func isSetting(name, value string) bool {
	first, second, two := strings.Cut(value, ",")
	switch name {
	case "vertical":
		return value == "rl" || value == "lr"
	case "line":
		return (isPercent(first) || isLine(first)) && (!two || second == "start" || second == "center" || second == "end")
	case "position":
		return isPercent(first) && (!two || second == "line-left" || second == "center" || second == "line-right")
	case "size":
		return isPercent(value)
	case "align":
		return value == "start" || value == "center" || value == "end" || value == "left" || value == "right"
	}
	return false
}

func isPercent(s string) bool {
	n, ok := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(n, 64)
	return ok && err == nil && v >= 0 && v <= 100 && len(n) <= 8 && strings.Trim(n, "0123456789.") == ""
}

func isLine(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= -100 && n <= 100 && s[0] != '+'
}
