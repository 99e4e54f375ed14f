package video

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/asticode/go-astisub"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/language"

	"palestra/internal/fault"
	"palestra/people"
)

// MaxCaptions is the greatest caption file in bytes.
const MaxCaptions = 2 << 20

const (
	maxCues     = 20_000
	maxCueText  = 2_000          // bytes
	maxCueTime  = 24 * time.Hour // of an end
	maxCaptions = 40             // languages of a video
)

// Cue is one caption.
type Cue struct {
	Start time.Duration // from the beginning of the video; whole milliseconds
	End   time.Duration // after Start
	Text  string        // WebVTT cue text: lines, &amp; &lt; &gt; escaped, <b> <i> <u> the only tags, closed on each line
}

// Plain returns the text without tags and escapes, lines joined by spaces: what a transcript shows.
func (c Cue) Plain() string {
	text := strings.NewReplacer("<b>", "", "</b>", "", "<i>", "", "</i>", "", "<u>", "", "</u>", "", "\n", " ").Replace(c.Text)
	return html.UnescapeString(text)
}

func captionsInvalid(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, "video.captions_invalid", format, args...)
}

// ParseCaptions reads WebVTT or SubRip in UTF-8 (SubRip also in Windows-1252) and returns its cues by start. Whatever
// is neither time nor text (styles, regions, positions, scripts) is left out.
// faults video.captions_too_large, video.captions_invalid, video.captions_empty
func ParseCaptions(file []byte) (cues []Cue, err error) {
	defer func() {
		if x := recover(); x != nil { // the file comes from outside, the parser from a library
			cues, err = nil, captionsInvalid("the file is not WebVTT or SubRip").Because(fmt.Errorf("panic: %v", x))
		}
	}()
	if len(file) > MaxCaptions {
		return nil, fault.New(fault.TooLarge, "video.captions_too_large", "the caption file has more than %d bytes", MaxCaptions).With("limit", MaxCaptions)
	}
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	vtt := bytes.HasPrefix(file, []byte("WEBVTT"))
	if bytes.ContainsRune(file, 0) {
		return nil, captionsInvalid("the file is not text in UTF-8")
	}
	if !utf8.Valid(file) {
		if vtt {
			return nil, captionsInvalid("the file is not text in UTF-8")
		}
		if file, err = charmap.Windows1252.NewDecoder().Bytes(file); err != nil {
			return nil, captionsInvalid("the file is not text in UTF-8").Because(err)
		}
	}
	file = bytes.ReplaceAll(bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	file = bytes.ReplaceAll(file, []byte("&gt;"), []byte(string(greater))) // the library knows &lt; and &amp; only
	read := astisub.ReadFromSRT
	if vtt {
		read = astisub.ReadFromWebVTT
	}
	subtitles, err := read(bytes.NewReader(file))
	if err != nil {
		return nil, captionsInvalid("the file is not WebVTT or SubRip").Because(err)
	}
	if len(subtitles.Items) > maxCues {
		return nil, captionsInvalid("the file has more than %d captions", maxCues).With("max", maxCues)
	}
	for n, item := range subtitles.Items {
		c := Cue{Start: item.StartAt.Truncate(time.Millisecond), End: item.EndAt.Truncate(time.Millisecond), Text: cueText(item)}
		switch {
		case c.Text == "":
			continue
		case c.Start < 0 || c.End <= c.Start || c.End > maxCueTime:
			return nil, captionsInvalid("caption %d ends before it begins, or after a day", n+1).With("caption", n+1)
		case len(c.Text) > maxCueText:
			return nil, captionsInvalid("caption %d is too long to read", n+1).With("caption", n+1)
		}
		cues = append(cues, c)
	}
	if len(cues) == 0 {
		return nil, fault.New(fault.Invalid, "video.captions_empty", "the file has no captions")
	}
	slices.SortStableFunc(cues, func(a, b Cue) int {
		if a.Start != b.Start {
			return int(a.Start/time.Millisecond) - int(b.Start/time.Millisecond)
		}
		return int(a.End/time.Millisecond) - int(b.End/time.Millisecond)
	})
	return cues, nil
}

func cueText(item *astisub.Item) string {
	var lines []string
	for _, l := range item.Lines {
		var b strings.Builder
		for _, i := range l.Items {
			text := clean(i.Text)
			if strings.TrimSpace(text) == "" {
				b.WriteString(text)
				continue
			}
			before, after := tags(i.InlineStyle)
			b.WriteString(before + escape(text) + after)
		}
		if line := strings.TrimSpace(b.String()); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// greater stands for an escaped > while the library reads; a character that no text uses.
const greater = '\ue000'

// clean takes out what has no place in a line of text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == greater:
			return '>'
		case r == '\t' || r == '\n' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r == 0x7f || r == utf8.RuneError || r >= 0x80 && r < 0xa0:
			return -1
		}
		return r
	}, s)
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func tags(a *astisub.StyleAttributes) (before, after string) {
	if a == nil {
		return "", ""
	}
	for _, t := range []struct {
		name string
		on   bool
	}{
		{"b", a.SRTBold || a.WebVTTBold},
		{"i", a.SRTItalics || a.WebVTTItalics},
		{"u", a.SRTUnderline || a.WebVTTUnderline},
	} {
		if t.on {
			before += "<" + t.name + ">"
			after = "</" + t.name + ">" + after
		}
	}
	return before, after
}

// WebVTT writes cues as a WebVTT file.
func WebVTT(cues []Cue) []byte {
	var b bytes.Buffer
	b.WriteString("WEBVTT\n")
	for i, c := range cues {
		fmt.Fprintf(&b, "\n%d\n%s --> %s\n%s\n", i+1, stamp(c.Start), stamp(c.End), c.Text)
	}
	return b.Bytes()
}

func stamp(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

// Language returns the canonical BCP 47 form of a language tag, as captions are filed. fault video.language_invalid
func Language(tag string) (string, error) {
	t, err := language.Parse(tag)
	if err != nil || len(tag) > 35 || t == language.Und {
		return "", fault.New(fault.Invalid, "video.language_invalid", "%.40q is not the tag of a language", tag)
	}
	return t.String(), nil
}

// litterAfter is how long an object that was replaced stays, for players that have its address and for backups that have
// read the document.
const litterAfter = 24 * time.Hour

// PutCaptions files captions of a language, replacing what was there. The file is WebVTT or SubRip, read to its end.
// faults video.not_found, video.language_invalid, video.captions_too_large, video.captions_invalid,
// video.captions_empty, video.captions_too_many, video.disk_full
func (s *Service) PutCaptions(ctx context.Context, by people.Actor, id, lang string, file io.Reader) (Caption, error) {
	if err := by.Must(people.Author); err != nil {
		return Caption{}, err
	}
	lang, err := Language(lang)
	if err != nil {
		return Caption{}, err
	}
	body, err := io.ReadAll(io.LimitReader(file, MaxCaptions+1))
	if err != nil {
		return Caption{}, wrap("PutCaptions", err)
	}
	cues, err := ParseCaptions(body)
	if err != nil {
		return Caption{}, err
	}
	org := by.Organisation
	now := s.now()
	c := Caption{Lang: lang, Cues: len(cues), Changed: now}
	// The document knows of the object before it is there, as litter, and files it afterwards.
	v, err := s.update(ctx, org, id, func(v *Video) error {
		if v.caption(lang) == nil && len(v.Captions) >= maxCaptions {
			return fault.New(fault.Conflict, "video.captions_too_many", "a video has captions in at most %d languages", maxCaptions).With("max", maxCaptions)
		}
		c.Key = v.prefix(org) + "captions/" + lang + "-" + short(s.c.NewID()) + ".vtt"
		s.litter(v, c.Key, now.Add(litterAfter))
		return nil
	})
	if err != nil {
		return Caption{}, err
	}
	text := WebVTT(cues)
	if _, err := s.c.Objects.Put(ctx, c.Key, bytes.NewReader(text), int64(len(text)), mediaType(c.Key)); err != nil {
		return Caption{}, wrap("PutCaptions", err)
	}
	_, err = s.update(ctx, org, v.ID, func(v *Video) error {
		if !slices.ContainsFunc(v.Litter, func(l Litter) bool { return l.Key == c.Key }) {
			return errors.New("video.PutCaptions: it took so long that the captions were swept away")
		}
		v.Litter = slices.DeleteFunc(v.Litter, func(l Litter) bool { return l.Key == c.Key })
		if old := v.caption(lang); old != nil {
			s.litter(v, old.Key, now.Add(litterAfter))
			*old = c
		} else {
			v.Captions = append(v.Captions, c)
			slices.SortFunc(v.Captions, func(a, b Caption) int { return strings.Compare(a.Lang, b.Lang) })
		}
		s.tell(v, by, WasCaptioned, lang)
		return nil
	})
	return c, err
}

// litter notes an object that nothing needs from a time on, and that somebody has to look then.
func (s *Service) litter(v *Video, key string, at time.Time) {
	v.Litter = append(v.Litter, Litter{key, at})
	if v.Due == nil && (v.State == Ready || v.State == Failed) {
		v.dueAt(at)
	}
}

// DeleteCaptions removes captions of a language. faults video.not_found, video.no_captions
func (s *Service) DeleteCaptions(ctx context.Context, by people.Actor, id, lang string) error {
	if err := by.Must(people.Author); err != nil {
		return err
	}
	lang, err := Language(lang)
	if err != nil {
		return err
	}
	_, err = s.update(ctx, by.Organisation, id, func(v *Video) error {
		c := v.caption(lang)
		if c == nil {
			return noCaptions(lang)
		}
		s.litter(v, c.Key, s.now().Add(litterAfter))
		v.Captions = slices.DeleteFunc(v.Captions, func(c Caption) bool { return c.Lang == lang })
		s.tell(v, by, WasUncaptioned, lang)
		return nil
	})
	return err
}

func noCaptions(lang string) error {
	return fault.New(fault.NotFound, "video.no_captions", "the video has no captions in %s", lang).With("lang", lang)
}

// Cues returns the captions of a video in a language, for other rooms, which decide who may read them.
// faults video.not_found, video.language_invalid, video.no_captions
func (s *Service) Cues(ctx context.Context, org, id, lang string) ([]Cue, error) {
	text, err := s.captions(ctx, org, id, lang)
	if err != nil {
		return nil, err
	}
	return ParseCaptions(text)
}

// Captions returns the captions as a WebVTT file to an author. faults as Cues
func (s *Service) Captions(ctx context.Context, by people.Actor, id, lang string) ([]byte, error) {
	if err := by.Must(people.Author); err != nil {
		return nil, err
	}
	return s.captions(ctx, by.Organisation, id, lang)
}

func (s *Service) captions(ctx context.Context, org, id, lang string) ([]byte, error) {
	lang, err := Language(lang)
	if err != nil {
		return nil, err
	}
	v, err := s.get(ctx, org, id)
	if err != nil {
		return nil, err
	}
	c := v.caption(lang)
	if c == nil {
		return nil, noCaptions(lang)
	}
	r, _, err := s.c.Objects.Get(ctx, c.Key, 0, -1)
	if err != nil {
		return nil, wrap("captions", err)
	}
	defer r.Close() // read to its end or given up
	text, err := io.ReadAll(r)
	return text, wrap("captions", err)
}
