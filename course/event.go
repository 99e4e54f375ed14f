package course

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Verbs of the statements that the platform writes. Those of learners' browsers are of the xAPI video profile 1.0.3.
const (
	verbCreated     = "http://activitystrea.ms/schema/1.0/create"
	verbEdited      = "http://activitystrea.ms/schema/1.0/update"
	verbPublished   = "http://id.tincanapi.com/verb/published"
	verbUnpublished = "http://id.tincanapi.com/verb/unpublished"
	verbRegistered  = "http://adlnet.gov/expapi/verbs/registered"
	verbLaunched    = "http://adlnet.gov/expapi/verbs/launched"
	verbAttempted   = "http://adlnet.gov/expapi/verbs/attempted"
	verbPassed      = "http://adlnet.gov/expapi/verbs/passed"
	verbFailed      = "http://adlnet.gov/expapi/verbs/failed"
	verbCompleted   = "http://adlnet.gov/expapi/verbs/completed"
	verbRead        = "http://activitystrea.ms/schema/1.0/read"
	verbAssigned    = "https://w3id.org/xapi/tla/verbs/assigned"
	verbCorrected   = "https://w3id.org/xapi/acrossx/verbs/edited"
	verbReported    = "https://w3id.org/xapi/dod-isd/verbs/reported"
	verbExported    = "http://activitystrea.ms/schema/1.0/save"
	verbUploaded    = "http://activitystrea.ms/schema/1.0/attach"

	typeProgramme = "https://schema.org/EducationalOccupationalProgram"

	typeCourse = "http://adlnet.gov/expapi/activities/course"
	typeLesson = "http://adlnet.gov/expapi/activities/lesson"
	typeVideo  = "https://w3id.org/xapi/video/activity-type/video"
	typeQuiz   = "http://adlnet.gov/expapi/activities/assessment"
	typeText   = "http://activitystrea.ms/schema/1.0/article"
	typeFile   = "http://activitystrea.ms/schema/1.0/file"
)

// space names the namespace in which events have their ids (RFC 9562 §5.5): the same event, told twice, is one
// statement.
var space = uuid.MustParse("6b1c7a1e-52a5-5a63-9a0e-3f8a3f5d2c10") //nolint:gochecknoglobals // a constant that Go cannot write as one

// eventID returns the id of the statement that tells an event.
func eventID(parts ...string) string {
	var b []byte
	for _, p := range parts {
		b = append(append(b, p...), 0)
	}
	return uuid.NewSHA1(space, b).String()
}

func courseActivity(id string, name Text) Activity {
	return Activity{Path: "/xapi/courses/" + id, Type: typeCourse, Name: name}
}

func programmeActivity(id string, name Text) Activity {
	return Activity{Path: "/xapi/programmes/" + id, Type: typeProgramme, Name: name}
}

func lessonActivity(course string, l *Lesson) Activity {
	t := map[string]string{KindVideo: typeVideo, KindQuiz: typeQuiz, KindText: typeText}[l.Kind]
	return Activity{Path: "/xapi/courses/" + course + "/lessons/" + l.ID, Type: t, Name: l.Title}
}

// record writes a plain event about an organisation's own doings.
func (s *Service) record(ctx context.Context, org, account, verb string, a Activity, kind, key string, at time.Time) error {
	return s.wrap("record", s.c.Records.Record(ctx, org, Event{ID: eventID(org, kind, key), Account: account, Verb: verb, Activity: a, At: at}))
}
