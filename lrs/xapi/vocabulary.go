package xapi

// Verbs. The first one is the only one that the specification itself defines.
const (
	VerbVoided = "http://adlnet.gov/expapi/verbs/voided"

	VerbInitialized = "http://adlnet.gov/expapi/verbs/initialized"
	VerbCompleted   = "http://adlnet.gov/expapi/verbs/completed"
	VerbPassed      = "http://adlnet.gov/expapi/verbs/passed"
	VerbFailed      = "http://adlnet.gov/expapi/verbs/failed"
	VerbAnswered    = "http://adlnet.gov/expapi/verbs/answered"
	VerbExperienced = "http://adlnet.gov/expapi/verbs/experienced"
	VerbInteracted  = "http://adlnet.gov/expapi/verbs/interacted"
	VerbTerminated  = "http://adlnet.gov/expapi/verbs/terminated"
	VerbRegistered  = "http://adlnet.gov/expapi/verbs/registered"

	VerbPlayed = "https://w3id.org/xapi/video/verbs/played"
	VerbPaused = "https://w3id.org/xapi/video/verbs/paused"
	VerbSeeked = "https://w3id.org/xapi/video/verbs/seeked"
)

// Types of activities.
const (
	TypeVideo       = "https://w3id.org/xapi/video/activity-type/video"
	TypeCourse      = "http://adlnet.gov/expapi/activities/course"
	TypeLesson      = "http://adlnet.gov/expapi/activities/lesson"
	TypeAssessment  = "http://adlnet.gov/expapi/activities/assessment"
	TypeInteraction = "http://adlnet.gov/expapi/activities/cmi.interaction"
)

// ProfileVideo is the category of statements that follow the video profile.
const ProfileVideo = "https://w3id.org/xapi/video"

// Extensions of the video profile 1.0.3. Seconds have at most three decimals.
const (
	ExtLength              = "https://w3id.org/xapi/video/extensions/length"               // context: seconds
	ExtSessionID           = "https://w3id.org/xapi/video/extensions/session-id"           // context: one viewing
	ExtSpeed               = "https://w3id.org/xapi/video/extensions/speed"                // context: as 1x, 1.5x
	ExtSubtitleEnabled     = "https://w3id.org/xapi/video/extensions/cc-subtitle-enabled"  // context: true or false
	ExtSubtitleLanguage    = "https://w3id.org/xapi/video/extensions/cc-subtitle-lang"     // context: RFC 5646
	ExtQuality             = "https://w3id.org/xapi/video/extensions/quality"              // context: lines, e.g. 720
	ExtCompletionThreshold = "https://w3id.org/xapi/video/extensions/completion-threshold" // context: 0 to 1
	ExtTime                = "https://w3id.org/xapi/video/extensions/time"                 // result: seconds into the video
	ExtTimeFrom            = "https://w3id.org/xapi/video/extensions/time-from"            // result: seconds, of seeked
	ExtTimeTo              = "https://w3id.org/xapi/video/extensions/time-to"              // result: seconds, of seeked
	ExtProgress            = "https://w3id.org/xapi/video/extensions/progress"             // result: 0 to 1
	ExtPlayedSegments      = "https://w3id.org/xapi/video/extensions/played-segments"      // result: see ParseSegments
)

// Course returns the activity id of a course. base is the installation's public address without a slash at the end.
func Course(base, course string) string { return base + "/xapi/courses/" + course }

// Lesson returns the activity id of a lesson, which is also that of its video, text or quiz.
func Lesson(base, course, lesson string) string { return Course(base, course) + "/lessons/" + lesson }

// Question returns the activity id of a question of a quiz.
func Question(base, course, lesson, question string) string {
	return Lesson(base, course, lesson) + "/questions/" + question
}
