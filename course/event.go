package course

import (
	"github.com/google/uuid"

	"palestra/internal/store"
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
	verbAdded       = "http://activitystrea.ms/schema/1.0/add"
	verbRemoved     = "http://activitystrea.ms/schema/1.0/remove"
	verbCancelled   = "http://activitystrea.ms/schema/1.0/cancel"
	verbPreviewed   = "http://id.tincanapi.com/verb/previewed"
	verbAnswered    = "http://adlnet.gov/expapi/verbs/answered"
	verbEarned      = "http://id.tincanapi.com/verb/earned"
	verbDownloaded  = "http://id.tincanapi.com/verb/downloaded"

	typeProgramme = "https://schema.org/EducationalOccupationalProgram"

	typeCourse      = "http://adlnet.gov/expapi/activities/course"
	typeLesson      = "http://adlnet.gov/expapi/activities/lesson"
	typeVideo       = "https://w3id.org/xapi/video/activity-type/video"
	typeQuiz        = "http://adlnet.gov/expapi/activities/assessment"
	typeText        = "http://activitystrea.ms/schema/1.0/article"
	typeQuestion    = "http://adlnet.gov/expapi/activities/cmi.interaction"
	typeCertificate = "https://schema.org/EducationalOccupationalCredential"
	typeFile        = "http://activitystrea.ms/schema/1.0/file"
)

// space names the namespace in which events have their ids (RFC 9562 §5.5): the same event, told twice, is one
// statement.
var space = uuid.MustParse("6b1c7a1e-52a5-5a63-9a0e-3f8a3f5d2c10") //nolint:gochecknoglobals // a constant that Go cannot write as one

// EventID returns the id of the statement that tells an event of another room in whose name this one writes.
func EventID(parts ...string) string { return eventID(parts...) }

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

// refActivity is a lesson as the outline of a draft knows it.
func refActivity(course string, r LessonRef) Activity {
	return lessonActivity(course, &Lesson{Meta: store.Meta{ID: r.ID}, Kind: r.Kind, Title: r.Title})
}

func questionActivity(course string, l *Lesson, q *Question) Activity {
	return Activity{Path: lessonActivity(course, l).Path + "/questions/" + q.ID, Type: typeQuestion, Name: q.Prompt}
}

// certificateActivity is named by the record, not by the code in the certificate's address, which opens it.
func certificateActivity(completion string, name Text) Activity {
	return Activity{Path: "/xapi/certificates/" + completion, Type: typeCertificate, Name: name}
}
