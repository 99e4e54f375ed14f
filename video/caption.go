package video

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"palestra/internal/fault"
	"palestra/people"
	"palestra/video/caption"
)

// MaxCaptions is the greatest caption file in bytes.
const MaxCaptions = caption.MaxBytes

const maxCaptions = 60 // tracks of a video

// Where a track comes from.
const (
	FromAuthor = ""       // a file or the editor
	FromFile   = "file"   // it was in the video's file
	FromSpeech = "speech" // a program has listened
)

// Caption is a text track of a video.
type Caption struct {
	Kind      string // caption.Captions if empty, Descriptions or Chapters
	Lang      string // BCP 47
	Key       string // of the WebVTT object
	Cues      int
	Changed   time.Time
	From      string // FromAuthor, FromFile or FromSpeech
	Stale     bool   // another file of another length has taken the place of the one for which it was made: its times may be wrong
	Unchecked bool   // a machine has written it and nobody has read it yet: players say so, and it does not count for publishing
	Review    Review // what was found when it was stored
}

// Review is what is remembered of the review of a track.
type Review struct {
	Errors   int     // findings that keep it from being published
	Advice   int     // other findings
	Coverage float64 // 0 to 1
	OfSpeech bool    // Coverage is of what is said, not of the length
	Top      float64 // highest characters a second
	Offset   float64 // seconds by which it is late
	Lang     string  // in which it seems to be; empty: not certain
}

func (c *Caption) kind() string {
	if c.Kind == "" {
		return caption.Captions
	}
	return c.Kind
}

// Tag names what is stored of a track at a moment: another tag, another content.
func (c *Caption) Tag() string {
	name := strings.TrimSuffix(c.Key, ".vtt")
	return name[strings.LastIndexByte(name, '-')+1:]
}

// Track names a text track of a video.
type Track struct{ Kind, Lang string }

// check returns the track with its language as tracks are filed. faults video.language_invalid, video.track_invalid
func (t Track) check() (Track, error) {
	lang, err := Language(t.Lang)
	if err != nil {
		return t, err
	}
	if !slices.Contains(caption.Kinds(), t.Kind) {
		return t, fault.New(fault.Invalid, "video.track_invalid", "%.40q is no kind of text track", t.Kind)
	}
	return Track{t.Kind, lang}, nil
}

func (v *Video) track(t Track) *Caption {
	for i := range v.Captions {
		if v.Captions[i].Lang == t.Lang && v.Captions[i].kind() == t.Kind {
			return &v.Captions[i]
		}
	}
	return nil
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

// None is the tag of a track that must not be there yet.
const None = "none"

// PutCaptions files a track from a file in WebVTT or SubRip, read to its end, replacing what was there. match is the tag
// of what it replaces, None, or empty for whatever is there.
// faults video.not_found, video.language_invalid, video.track_invalid, video.captions_too_large,
// video.captions_invalid, video.captions_empty, video.captions_too_many, video.captions_changed, video.disk_full
func (s *Service) PutCaptions(ctx context.Context, by people.Actor, id string, t Track, match string, file io.Reader) (Caption, error) {
	if err := by.Must(people.Author); err != nil {
		return Caption{}, err
	}
	t, err := t.check()
	if err != nil {
		return Caption{}, err
	}
	body, err := io.ReadAll(io.LimitReader(file, MaxCaptions+1))
	if err != nil {
		return Caption{}, wrap("PutCaptions", err)
	}
	cues, err := caption.Read(body, t.Lang)
	if err != nil {
		return Caption{}, err
	}
	c, _, err := s.file(ctx, by, id, t, match, cues, Caption{})
	return c, err
}

// Save files the cues of a track as its author has edited them; their texts are sources (caption.Cue.Source). checked
// says that somebody has read what a machine had written. match and faults as PutCaptions
func (s *Service) Save(ctx context.Context, by people.Actor, id string, t Track, match string, cues []caption.Cue, checked bool) (Caption, caption.Review, error) {
	if err := by.Must(people.Author); err != nil {
		return Caption{}, caption.Review{}, err
	}
	t, err := t.check()
	if err != nil {
		return Caption{}, caption.Review{}, err
	}
	if cues, err = caption.Edited(cues); err != nil {
		return Caption{}, caption.Review{}, err
	}
	v, err := s.get(ctx, by.Organisation, id)
	if err != nil {
		return Caption{}, caption.Review{}, err
	}
	made := Caption{}
	if old := v.track(t); old != nil {
		made.From, made.Unchecked, made.Stale = old.From, old.Unchecked && !checked, old.Stale && !checked
	}
	return s.file(ctx, by, id, t, match, cues, made)
}

// file stores a track whose Origin and Unchecked are given.
func (s *Service) file(ctx context.Context, by people.Actor, id string, t Track, match string, cues []caption.Cue, c Caption) (Caption, caption.Review, error) {
	org, now := by.Organisation, s.now()
	text := caption.VTT(cues)
	if len(text) > MaxCaptions {
		return Caption{}, caption.Review{}, fault.New(fault.TooLarge, "video.captions_too_large", "the captions have more than %d bytes", MaxCaptions).With("limit", MaxCaptions)
	}
	v, err := s.get(ctx, org, id)
	if err != nil {
		return Caption{}, caption.Review{}, err
	}
	levels, err := s.levels(ctx, &v)
	if err != nil {
		return Caption{}, caption.Review{}, err
	}
	review := caption.Look(cues, about(&v, t, levels))
	c.Kind, c.Lang, c.Cues, c.Changed, c.Review = t.Kind, t.Lang, len(cues), now, remember(review)
	fits := func(v *Video) error {
		old := v.track(t)
		if old == nil && match != "" && match != None || old != nil && match != "" && match != old.Tag() {
			return fault.New(fault.Stale, "video.captions_changed", "somebody else has changed these captions since you opened them")
		}
		if old == nil && len(v.Captions) >= maxCaptions {
			return fault.New(fault.Conflict, "video.captions_too_many", "a video has at most %d text tracks", maxCaptions).With("max", maxCaptions)
		}
		return nil
	}
	// The document knows of the object before it is there, as litter, and files it afterwards.
	v, err = s.update(ctx, org, id, func(v *Video) error {
		if err := fits(v); err != nil {
			return err
		}
		c.Key = v.prefix(org) + captionName(t, s.c.NewID())
		s.litter(v, c.Key, now.Add(litterAfter))
		return nil
	})
	if err != nil {
		return Caption{}, review, err
	}
	if _, err := s.c.Objects.Put(ctx, c.Key, bytes.NewReader(text), int64(len(text)), mediaType(c.Key)); err != nil {
		return Caption{}, review, wrap("file", err)
	}
	_, err = s.update(ctx, org, v.ID, func(v *Video) error {
		if !slices.ContainsFunc(v.Litter, func(l Litter) bool { return l.Key == c.Key }) {
			return errors.New("video.file: it took so long that the captions were swept away")
		}
		if err := fits(v); err != nil {
			return err
		}
		v.Litter = slices.DeleteFunc(v.Litter, func(l Litter) bool { return l.Key == c.Key })
		if old := v.track(t); old != nil {
			s.litter(v, old.Key, now.Add(litterAfter))
			*old = c
		} else {
			v.Captions = append(v.Captions, c)
			v.sortTracks()
		}
		s.tell(v, by, WasCaptioned, t.Lang)
		return nil
	})
	return c, review, err
}

func captionName(t Track, id string) string {
	if t.Kind == caption.Captions {
		return "captions/" + t.Lang + "-" + short(id) + ".vtt"
	}
	return "captions/" + t.Kind + "-" + t.Lang + "-" + short(id) + ".vtt"
}

func (v *Video) sortTracks() {
	slices.SortFunc(v.Captions, func(a, b Caption) int {
		if n := strings.Compare(a.kind(), b.kind()); n != 0 {
			return n
		}
		return strings.Compare(a.Lang, b.Lang)
	})
}

func about(v *Video, t Track, levels caption.Levels) caption.About {
	return caption.About{Kind: t.Kind, Lang: t.Lang, Length: time.Duration(v.Duration * float64(time.Second)), Levels: levels}
}

func remember(r caption.Review) Review {
	return Review{Errors: r.Errors, Advice: len(r.Findings) - r.Errors, Coverage: r.Coverage, OfSpeech: r.OfSpeech, Top: r.Top, Offset: r.Offset, Lang: r.Lang}
}

// Carried is a text track that was found in a video's file.
type Carried struct {
	Kind string // a kind of tracks; empty: captions
	Lang string // as the file says it; empty or unknown: not said
	File []byte // WebVTT or SubRip
}

// CarryOver stores the text tracks of a video's file while it is processed, with the same cues, and returns what the
// stage writes into the document when it is done: tracks that an author has filed meanwhile stay. Tracks that cannot be
// read, have no language or are more than a video may have are left out; skipped counts them. attempt makes the names
// of the objects this attempt's own.
func (s *Service) CarryOver(ctx context.Context, org string, v *Video, tracks []Carried, attempt string) (done func(*Video), skipped int, err error) {
	var made []Caption
	for _, in := range tracks {
		if in.Kind == "" {
			in.Kind = caption.Captions
		}
		t, err := Track{in.Kind, in.Lang}.check()
		if old := v.track(t); err != nil || old != nil && (old.From != FromFile || !v.replacing()) || slices.ContainsFunc(made, func(c Caption) bool { return c.Lang == t.Lang && c.Kind == t.Kind }) || len(v.Captions)+len(made) >= maxCaptions {
			skipped++
			continue
		}
		cues, err := caption.Read(in.File, t.Lang)
		if err != nil {
			skipped++
			continue
		}
		text := caption.VTT(cues)
		c := Caption{Kind: t.Kind, Lang: t.Lang, Cues: len(cues), Changed: s.now(), From: FromFile, Review: remember(caption.Look(cues, about(v, t, nil)))}
		c.Key = v.prefix(org) + captionName(t, attempt)
		if _, err := s.c.Objects.Put(ctx, c.Key, bytes.NewReader(text), int64(len(text)), mediaType(c.Key)); err != nil {
			return nil, skipped, wrap("CarryOver", err)
		}
		made = append(made, c)
	}
	return func(v *Video) {
		if v.replacing() {
			v.Plan.Captions = made
			return
		}
		s.bring(v, made)
	}, skipped, nil
}

// bring files the tracks that were in a video's file. Those that an author has filed stay, those of an earlier file go.
func (s *Service) bring(v *Video, made []Caption) {
	for _, c := range made {
		switch old := v.track(Track{c.Kind, c.Lang}); {
		case old == nil:
			v.Captions = append(v.Captions, c)
		case old.From == FromFile && old.Key != c.Key:
			s.litter(v, old.Key, s.now().Add(litterAfter))
			*old = c
		}
	}
	v.sortTracks()
}

// litter notes an object that nothing needs from a time on, and that somebody has to look then.
func (s *Service) litter(v *Video, key string, at time.Time) {
	v.Litter = append(v.Litter, Litter{key, at})
	if v.Due == nil && (v.State == Ready || v.State == Failed) {
		v.dueAt(at)
	}
}

// DeleteCaptions removes a track. faults video.not_found, video.language_invalid, video.track_invalid,
// video.no_captions
func (s *Service) DeleteCaptions(ctx context.Context, by people.Actor, id string, t Track) error {
	if err := by.Must(people.Author); err != nil {
		return err
	}
	t, err := t.check()
	if err != nil {
		return err
	}
	_, err = s.update(ctx, by.Organisation, id, func(v *Video) error {
		c := v.track(t)
		if c == nil {
			return noCaptions(t)
		}
		s.litter(v, c.Key, s.now().Add(litterAfter))
		v.Captions = slices.DeleteFunc(v.Captions, func(c Caption) bool { return c.Lang == t.Lang && c.kind() == t.Kind })
		s.tell(v, by, WasUncaptioned, t.Lang)
		return nil
	})
	return err
}

func noCaptions(t Track) error {
	return fault.New(fault.NotFound, "video.no_captions", "the video has no %s in %s", t.Kind, t.Lang).With("lang", t.Lang)
}

// Cues returns the cues of a track, for other rooms, which decide who may read them.
// faults video.not_found, video.language_invalid, video.track_invalid, video.no_captions
func (s *Service) Cues(ctx context.Context, org, id string, t Track) (Caption, []caption.Cue, error) {
	t, err := t.check()
	if err != nil {
		return Caption{}, nil, err
	}
	v, err := s.get(ctx, org, id)
	if err != nil {
		return Caption{}, nil, err
	}
	c := v.track(t)
	if c == nil {
		return Caption{}, nil, noCaptions(t)
	}
	r, _, err := s.c.Objects.Get(ctx, c.Key, 0, -1)
	if err != nil {
		return Caption{}, nil, wrap("Cues", err)
	}
	defer r.Close() // read to its end or given up
	text, err := io.ReadAll(r)
	if err != nil {
		return Caption{}, nil, wrap("Cues", err)
	}
	cues, err := caption.Read(text, t.Lang)
	return *c, cues, err
}

// Captions returns a track to an author, with what a review finds in it now. faults as Cues
func (s *Service) Captions(ctx context.Context, by people.Actor, id string, t Track) (Caption, []caption.Cue, error) {
	if err := by.Must(people.Author); err != nil {
		return Caption{}, nil, err
	}
	return s.Cues(ctx, by.Organisation, id, t)
}

// LookAt reviews cues that an author is editing; their texts are sources. faults video.not_found,
// video.language_invalid, video.track_invalid, video.captions_invalid, video.captions_empty
func (s *Service) LookAt(ctx context.Context, by people.Actor, id string, t Track, cues []caption.Cue) (caption.Review, error) {
	if err := by.Must(people.Author); err != nil {
		return caption.Review{}, err
	}
	t, err := t.check()
	if err != nil {
		return caption.Review{}, err
	}
	v, err := s.get(ctx, by.Organisation, id)
	if err != nil {
		return caption.Review{}, err
	}
	if cues, err = caption.Edited(cues); err != nil {
		return caption.Review{}, err
	}
	levels, err := s.levels(ctx, &v)
	if err != nil {
		return caption.Review{}, err
	}
	return caption.Look(cues, about(&v, t, levels)), nil
}

// Align makes cues of a plain text, cut to size and moved into the pauses of the video's sound, as far as those are
// known. Nothing is stored. faults video.not_found, video.captions_empty, video.captions_too_large
func (s *Service) Align(ctx context.Context, by people.Actor, id, text string) ([]caption.Cue, error) {
	if err := by.Must(people.Author); err != nil {
		return nil, err
	}
	if len(text) > MaxCaptions/4 {
		return nil, fault.New(fault.TooLarge, "video.captions_too_large", "the text has more than %d bytes", MaxCaptions/4).With("limit", MaxCaptions/4)
	}
	v, err := s.get(ctx, by.Organisation, id)
	if err != nil {
		return nil, err
	}
	levels, err := s.levels(ctx, &v)
	if err != nil {
		return nil, err
	}
	return caption.Align(text, levels.Speech(), time.Duration(v.Duration*float64(time.Second)))
}
