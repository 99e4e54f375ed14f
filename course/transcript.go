package course

import (
	"context"
	"strings"

	"palestra/internal/fault"
	"palestra/people"
)

// Spoken is one caption of a transcript.
type Spoken struct {
	At   int64 // milliseconds from the beginning of the video
	Text string
}

// Said is a place of a course at which something is said.
type Said struct {
	Lesson string
	Title  Text
	At     int64 // milliseconds
	Text   string
	Lang   string
}

// Limits of a search in what is said.
const (
	leastQuery = 2
	mostQuery  = 100
	mostSaid   = 100 // places that are returned
)

// SearchSaid looks for words in the transcripts of all videos of a course that the actor has begun, in a language where a
// video has captions in it, else in the one that is spoken; more says that there are more places than are returned. It
// reads one file for each video, of which a course has at most 200. fault course.query_short
func (s *Service) SearchSaid(ctx context.Context, by people.Actor, enrolment, q, lang string) (found []Said, more bool, err error) {
	st, err := s.Study(ctx, by, enrolment)
	if err != nil {
		return nil, false, err
	}
	words := strings.Fields(people.Fold(q))
	if len([]rune(strings.Join(words, ""))) < leastQuery || len(q) > mostQuery*4 {
		return nil, false, fault.New(fault.Invalid, "course.query_short", "search for %d to %d characters", leastQuery, mostQuery).With("min", leastQuery).With("max", mostQuery)
	}
	for _, m := range st.Version.Modules {
		for _, ref := range m.Lessons {
			l := st.Version.lesson(ref.ID)
			if l == nil || l.Kind != KindVideo || l.Video == "" {
				continue
			}
			lines, in, err := s.c.Videos.Transcript(ctx, st.Enrolment.Owner, l.Video, lang)
			if fault.KindOf(err) == fault.NotFound {
				continue // without captions
			}
			if err != nil {
				return nil, false, s.wrap("SearchSaid", err)
			}
			for _, line := range lines {
				if !holds(people.Fold(line.Text), words) {
					continue
				}
				if len(found) == mostSaid {
					return found, true, nil
				}
				found = append(found, Said{Lesson: l.ID, Title: l.Title, At: line.At, Text: line.Text, Lang: in})
			}
		}
	}
	return found, false, nil
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
