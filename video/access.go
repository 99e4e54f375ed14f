package video

import (
	"context"
	"strings"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/people"
	"palestra/video/caption"
)

// Access is what an author says about a video for those who do not see or hear it.
type Access struct {
	Lang     string // that is spoken in it, BCP 47; empty: not said
	NoSpeech bool   // nothing is said or to be heard that matters
	// Undescribed is why it needs no audio description, in the author's words: "Everything that is seen is said."
	Undescribed string
}

// maxReason is how long a reason may be, in characters.
const maxReason = 500

// SetAccess stores what an author says about a video. faults video.not_found, video.language_invalid,
// video.reason_too_long
func (s *Service) SetAccess(ctx context.Context, by people.Actor, id string, a Access) (Video, error) {
	if err := by.Must(people.Author); err != nil {
		return Video{}, err
	}
	var err error
	if a.Lang != "" {
		if a.Lang, err = Language(a.Lang); err != nil {
			return Video{}, err
		}
	}
	a.Undescribed = strings.Join(strings.Fields(strings.ToValidUTF8(a.Undescribed, "")), " ")
	if utf8.RuneCountInString(a.Undescribed) > maxReason {
		return Video{}, fault.New(fault.Invalid, "video.reason_too_long", "the reason has more than %d characters", maxReason).With("max", maxReason)
	}
	return s.update(ctx, by.Organisation, id, func(v *Video) error {
		v.Access = a
		return nil
	})
}

// What a video may lack for those who do not see or hear it.
const (
	LacksLanguage    = "language"    // nobody has said which language is spoken
	LacksCaptions    = "captions"    // none in that language
	LacksCheck       = "check"       // a machine has written them, or the film is another one, and nobody has read them since
	LacksQuality     = "quality"     // they have errors
	LacksPoster      = "poster"      // there is no still picture
	LacksDescription = "description" // neither a description nor a reason why none is needed
)

// Accessible is what is known of a video for those who do not see or hear it.
type Accessible struct {
	Access
	Captions     []string // languages of captions that learners get
	Descriptions []string
	Chapters     []string
	Review       Review // of the captions in the language that is spoken
	Cues         int    // of them
	Lacks        []string
}

// Accessible says what the video offers to those who do not see or hear it, and what it lacks to be published.
func (v *Video) Accessible() Accessible {
	a := Accessible{Access: v.Access}
	for _, c := range v.Captions {
		if c.Unchecked {
			continue
		}
		switch c.kind() {
		case caption.Captions:
			a.Captions = append(a.Captions, c.Lang)
		case caption.Descriptions:
			a.Descriptions = append(a.Descriptions, c.Lang)
		case caption.Chapters:
			a.Chapters = append(a.Chapters, c.Lang)
		}
	}
	lack := func(what string) { a.Lacks = append(a.Lacks, what) }
	if v.Access.Lang == "" {
		lack(LacksLanguage)
	}
	if !v.Access.NoSpeech && v.Access.Lang != "" {
		switch c := v.track(Track{caption.Captions, v.Access.Lang}); {
		case c == nil:
			lack(LacksCaptions)
		case c.Unchecked || c.Stale:
			lack(LacksCheck)
		case c.Review.Errors > 0:
			lack(LacksQuality)
		default:
			a.Review, a.Cues = c.Review, c.Cues
		}
	}
	if v.Poster == "" && v.State != Processing && v.State != Uploaded { // else it is being made
		lack(LacksPoster)
	}
	if len(a.Descriptions) == 0 && v.Access.Undescribed == "" {
		lack(LacksDescription)
	}
	return a
}
