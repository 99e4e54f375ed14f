package xapi

import (
	"encoding/json"
	"fmt"
	"time"
)

// Statement is a statement as the platform makes it, and as it reads those whose shape it knows. Other people's are kept
// and passed on as JSON, of which this type may hold only a part.
type Statement struct {
	ID          string          `json:"id,omitempty"` // UUID
	Actor       Agent           `json:"actor"`
	Verb        Verb            `json:"verb"`
	Object      Object          `json:"object"`
	Result      *Result         `json:"result,omitempty"`
	Context     *Context        `json:"context,omitempty"`
	Timestamp   string          `json:"timestamp,omitempty"` // FormatTime
	Stored      string          `json:"stored,omitempty"`    // set by the store
	Authority   *Agent          `json:"authority,omitempty"` // set by the store
	Version     string          `json:"version,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
}

// Agent is an Agent or a Group. Data §2.4.2
type Agent struct {
	ObjectType string   `json:"objectType,omitempty"` // Agent if ""
	Name       string   `json:"name,omitempty"`
	Mbox       string   `json:"mbox,omitempty"`
	MboxSHA1   string   `json:"mbox_sha1sum,omitempty"`
	OpenID     string   `json:"openid,omitempty"`
	Account    *Account `json:"account,omitempty"`
	Member     []Agent  `json:"member,omitempty"`
}

// Account is somebody in some system. Data §2.4.2.4
type Account struct {
	HomePage string `json:"homePage"`
	Name     string `json:"name"`
}

// ByAccount returns an Agent known by an account. Learners are always known so, with a random name.
func ByAccount(homePage, name string) Agent {
	return Agent{ObjectType: "Agent", Account: &Account{HomePage: homePage, Name: name}}
}

// Verb says what was done. Data §2.4.3
type Verb struct {
	ID      string            `json:"id"`
	Display map[string]string `json:"display,omitempty"` // by language tag
}

// Object is what it was done to: an Activity unless ObjectType says otherwise. Data §2.4.4
type Object struct {
	ObjectType string      `json:"objectType,omitempty"`
	ID         string      `json:"id,omitempty"`
	Definition *Definition `json:"definition,omitempty"`
}

// Definition describes an Activity. Data §2.4.4.1
type Definition struct {
	Name            map[string]string          `json:"name,omitempty"`
	Description     map[string]string          `json:"description,omitempty"`
	Type            string                     `json:"type,omitempty"`
	MoreInfo        string                     `json:"moreInfo,omitempty"`
	InteractionType string                     `json:"interactionType,omitempty"`
	Extensions      map[string]json.RawMessage `json:"extensions,omitempty"`
}

// Result is a measured outcome. Data §2.4.5
type Result struct {
	Score      *Score                     `json:"score,omitempty"`
	Success    *bool                      `json:"success,omitempty"`
	Completion *bool                      `json:"completion,omitempty"`
	Response   string                     `json:"response,omitempty"`
	Duration   string                     `json:"duration,omitempty"` // FormatDuration
	Extensions map[string]json.RawMessage `json:"extensions,omitempty"`
}

// Score is the score of a graded activity. Data §2.4.5.1
type Score struct {
	Scaled *float64 `json:"scaled,omitempty"` // -1 to 1
	Raw    *float64 `json:"raw,omitempty"`
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
}

// Context says in what surroundings. Data §2.4.6
type Context struct {
	Registration      string                     `json:"registration,omitempty"` // UUID; here the enrolment
	Instructor        *Agent                     `json:"instructor,omitempty"`
	Team              *Agent                     `json:"team,omitempty"`
	ContextActivities *ContextActivities         `json:"contextActivities,omitempty"`
	Revision          string                     `json:"revision,omitempty"`
	Platform          string                     `json:"platform,omitempty"`
	Language          string                     `json:"language,omitempty"` // RFC 5646
	Statement         *Object                    `json:"statement,omitempty"`
	Extensions        map[string]json.RawMessage `json:"extensions,omitempty"`
}

// ContextActivities are the activities around the object. Data §2.4.6.2
type ContextActivities struct {
	Parent   []Object `json:"parent,omitempty"`
	Grouping []Object `json:"grouping,omitempty"`
	Category []Object `json:"category,omitempty"`
	Other    []Object `json:"other,omitempty"`
}

// Activity returns an object that is an activity.
func Activity(id string) Object { return Object{ObjectType: "Activity", ID: id} }

// Described returns the activity with a type and names by language.
func (o Object) Described(activityType string, name map[string]string) Object {
	o.Definition = &Definition{Type: activityType, Name: name}
	return o
}

// Reference returns an object that is another statement.
func Reference(id string) Object { return Object{ObjectType: "StatementRef", ID: id} }

// New returns a statement: actor did verb to object, at a time, within a registration ("" for none).
func New(id string, actor Agent, verb string, o Object, registration string, at time.Time) Statement {
	s := Statement{ID: id, Actor: actor, Verb: Verb{ID: verb, Display: map[string]string{"en": word(verb)}}, Object: o, Timestamp: FormatTime(at)}
	if registration != "" {
		s.Context = &Context{Registration: registration}
	}
	return s
}

// word returns the last part of a verb's IRI, which is how it is read in English.
func word(verb string) string {
	_, w, _ := cutLast(verb, "/")
	return w
}

// Within returns the statement with its activity's surroundings: the parent ("" for none) and what groups it.
func (s Statement) Within(parent string, grouping ...string) Statement {
	c := Context{}
	if s.Context != nil {
		c = *s.Context
	}
	around := &ContextActivities{}
	if parent != "" {
		around.Parent = []Object{Activity(parent)}
	}
	for _, g := range grouping {
		around.Grouping = append(around.Grouping, Activity(g))
	}
	c.ContextActivities, s.Context = around, &c
	return s
}

// Void returns a statement that voids another one. Data §2.3.2
func Void(id string, by Agent, target string, at time.Time) Statement {
	return New(id, by, VerbVoided, Reference(target), "", at)
}

// Extension encodes a value for a map of extensions.
func Extension(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil { // only for what has no JSON, such as channels
		panic(fmt.Errorf("xapi.Extension: %w", err))
	}
	return b
}

// JSON encodes the statement.
func (s Statement) JSON() (json.RawMessage, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("xapi: encode a statement: %w", err)
	}
	return b, nil
}

// Decode reads what this type knows of a statement.
func Decode(raw json.RawMessage) (Statement, error) {
	var s Statement
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("xapi: decode a statement: %w", err)
	}
	return s, nil
}

// Seconds returns a number of an extensions map, and whether there is one.
func Seconds(extensions map[string]json.RawMessage, key string) (float64, bool) {
	var f float64
	raw, ok := extensions[key]
	if !ok || json.Unmarshal(raw, &f) != nil {
		return 0, false
	}
	return f, true
}

// Text returns a string of an extensions map, and whether there is one.
func Text(extensions map[string]json.RawMessage, key string) (string, bool) {
	var s string
	raw, ok := extensions[key]
	if !ok || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}
