package course

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/store"
)

// Access is what the video room says of a video for those who do not see or hear it.
type Access struct {
	Lang         string   // that is spoken in it; "": not said
	NoSpeech     bool     // nothing is said in it
	Undescribed  string   // why it needs no audio description, in the author's words
	Captions     []string // languages
	Descriptions []string
	Chapters     []string
	Cues         int      // of the captions in the language that is spoken
	Coverage     float64  // of them, 0 to 1
	OfSpeech     bool     // Coverage is of what is said, not of the length
	Lacks        []string // what it lacks to be published: language, captions, check, quality, poster, description
}

// Outcomes of a clause.
const (
	ClauseMet    = "met"
	ClauseReason = "reason"        // not met for a reason that the author has stated
	ClauseNone   = "notApplicable" // nothing in the video falls under it
)

// Clause is how a video stands to a clause of EN 301 549 V3.2.1. What the player does for every video is not repeated.
type Clause struct {
	Number  string `bson:"number"`
	Outcome string `bson:"outcome"`
}

// VideoAccess is the evidence that a version keeps of a video for those who do not see or hear it.
type VideoAccess struct {
	Lesson       string   `bson:"lesson"`
	Video        string   `bson:"video"`
	Lang         string   `bson:"lang"`
	NoSpeech     bool     `bson:"noSpeech"`
	Captions     []string `bson:"captions"`
	Descriptions []string `bson:"descriptions"`
	Chapters     []string `bson:"chapters"`
	Undescribed  string   `bson:"undescribed"`
	Cues         int      `bson:"cues"`
	Coverage     float64  `bson:"coverage"`
	OfSpeech     bool     `bson:"ofSpeech"`
	Clauses      []Clause `bson:"clauses"`
}

func evidenceOf(lesson string, v Video) VideoAccess {
	a := v.Access
	e := VideoAccess{Lesson: lesson, Video: v.ID, Lang: a.Lang, NoSpeech: a.NoSpeech, Captions: a.Captions, Descriptions: a.Descriptions, Chapters: a.Chapters,
		Undescribed: a.Undescribed, Cues: a.Cues, Coverage: a.Coverage, OfSpeech: a.OfSpeech}
	spoken, described, kept := ClauseMet, ClauseMet, ClauseMet
	if a.NoSpeech {
		spoken = ClauseNone
	}
	if len(a.Descriptions) == 0 {
		described, kept = ClauseReason, ClauseNone
	}
	e.Clauses = []Clause{
		{"9.1.2.2", spoken},    // captions (prerecorded)
		{"9.1.2.3", described}, // audio description or media alternative
		{"9.1.2.5", described}, // audio description
		{"9.3.1.2", ClauseMet}, // language of parts: of the video and each of its tracks
		{"7.1.3", spoken},      // captions preserved
		{"7.2.3", kept},        // audio description preserved
	}
	return e
}

// accessFigures is what an organisation's published courses offer to those who do not see or hear their videos: a line
// for each course, replaced whenever it is published or withdrawn, so that a statement reads one document.
type accessFigures struct {
	store.Meta `bson:",inline"` // id: accessFiguresID
	Courses    map[string]AccessLine
	Updated    time.Time
}

const accessFiguresID = "videos"

// AccessLine counts the videos of a course, or of all.
type AccessLine struct {
	Courses   int
	Videos    int
	Unknown   int // published before anybody asked
	Silent    int // nothing is said in them
	Captioned int
	Measured  int     // captions that were held against the sound
	Coverage  float64 // sum over those, 0 to 1 each
	Described int
	Excused   int // a reason is stated why they need no description
	Chaptered int
	Clauses   []ClauseCount
}

// ClauseCount counts how videos stand to a clause.
type ClauseCount struct {
	Number string
	Met    int
	Reason int
	None   int
}

func (l *AccessLine) add(m AccessLine) {
	l.Courses, l.Videos, l.Unknown, l.Silent, l.Captioned = l.Courses+m.Courses, l.Videos+m.Videos, l.Unknown+m.Unknown, l.Silent+m.Silent, l.Captioned+m.Captioned
	l.Measured, l.Coverage, l.Described, l.Excused, l.Chaptered = l.Measured+m.Measured, l.Coverage+m.Coverage, l.Described+m.Described, l.Excused+m.Excused, l.Chaptered+m.Chaptered
	for _, c := range m.Clauses {
		l.clause(c)
	}
}

func (l *AccessLine) clause(c ClauseCount) {
	for i := range l.Clauses {
		if d := &l.Clauses[i]; d.Number == c.Number {
			d.Met, d.Reason, d.None = d.Met+c.Met, d.Reason+c.Reason, d.None+c.None
			return
		}
	}
	l.Clauses = append(l.Clauses, c)
	slices.SortFunc(l.Clauses, func(a, b ClauseCount) int { return strings.Compare(a.Number, b.Number) })
}

func accessLine(v *Version) AccessLine {
	l := AccessLine{Courses: 1, Videos: len(v.Videos), Unknown: max(0, len(v.Videos)-len(v.Access))}
	for _, a := range v.Access {
		switch {
		case a.NoSpeech:
			l.Silent++
		case len(a.Captions) > 0:
			l.Captioned++
		}
		if a.OfSpeech {
			l.Measured, l.Coverage = l.Measured+1, l.Coverage+a.Coverage
		}
		if len(a.Descriptions) > 0 {
			l.Described++
		} else if a.Undescribed != "" {
			l.Excused++
		}
		if len(a.Chapters) > 0 {
			l.Chaptered++
		}
		for _, c := range a.Clauses {
			n := ClauseCount{Number: c.Number}
			switch c.Outcome {
			case ClauseMet:
				n.Met = 1
			case ClauseReason:
				n.Reason = 1
			default:
				n.None = 1
			}
			l.clause(n)
		}
	}
	return l
}

// countAccess brings the figures of an organisation to what a course offers now; nil: it is withdrawn. It may run twice.
func (s *Service) countAccess(ctx context.Context, org, course string, v *Version) error {
	change := func(f *accessFigures) error {
		if f.Courses == nil {
			f.Courses = map[string]AccessLine{}
		}
		if v == nil {
			delete(f.Courses, course)
		} else {
			f.Courses[course] = accessLine(v)
		}
		f.Updated = s.now()
		return nil
	}
	for {
		_, err := s.access.Update(ctx, org, accessFiguresID, change)
		if !errors.Is(err, store.ErrNotFound) {
			return s.wrap("countAccess", err)
		}
		f := accessFigures{Meta: store.Meta{ID: accessFiguresID}}
		if err := change(&f); err != nil {
			return err
		}
		if err := s.access.Insert(ctx, org, f); !errors.Is(err, store.ErrDuplicate) {
			return s.wrap("countAccess", err)
		}
	}
}

// AccessStatement is what an organisation's published courses offer to those who do not see or hear their videos.
type AccessStatement struct {
	Name    string // of the organisation
	Total   AccessLine
	Updated time.Time // zero while nothing was published
}

// AccessStatement sums up what an organisation's published courses offer. Anybody may ask.
func (s *Service) AccessStatement(ctx context.Context, org string) (AccessStatement, error) {
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil {
		return AccessStatement{}, err
	}
	st := AccessStatement{Name: o.Name}
	f, err := s.access.Get(ctx, o.ID, accessFiguresID)
	if errors.Is(err, store.ErrNotFound) {
		return st, nil
	}
	if err != nil {
		return st, s.wrap("AccessStatement", err)
	}
	for _, l := range f.Courses {
		st.Total.add(l)
	}
	st.Updated = f.Updated
	return st, nil
}

// videoGaps says what a video lacks for those who do not see or hear it.
func videoGaps(v Video, gap func(language, code string, question int)) {
	for _, what := range v.Access.Lacks {
		switch what {
		case "language":
			gap("", "video_language", 0)
		case "captions":
			gap("", "video_captions", 0)
		case "check":
			gap("", "video_check", 0)
		case "quality":
			gap("", "video_quality", 0)
		case "poster":
			gap("", "video_poster", 0)
		default:
			gap("", "video_description", 0)
		}
	}
}
