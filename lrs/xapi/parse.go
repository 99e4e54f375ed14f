package xapi

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Version is a family of the specification's versions.
type Version string

// The versions that are spoken here, by their latest patch.
const (
	V1 Version = "1.0.3"
	V2 Version = "2.0.0"
)

// ParseVersion returns the family of a version header: 1.0 and 1.0.x, 2.0 and 2.0.x. Communication §3.3
func ParseVersion(s string) (Version, bool) {
	switch {
	case s == "1.0", strings.HasPrefix(s, "1.0.") && digits(s[4:]):
		return V1, true
	case s == "2.0", strings.HasPrefix(s, "2.0.") && digits(s[4:]):
		return V2, true
	}
	return "", false
}

// Statement version that is set when a statement names none. Data §2.4.10
func (v Version) statement() string {
	if v == V1 {
		return "1.0.0"
	}
	return "2.0.0"
}

// Parsed is a statement that keeps all rules, with what one looks for when searching.
type Parsed struct {
	ID           string // as sent; "" if there was none
	Version      string // of the statement; never ""
	Verb         string
	Actor        string // Identity; "" of an anonymous group
	ActorIsGroup bool
	Activity     string // the object's id, if it is an activity
	Target       string // lower case: the statement that the object refers to
	Registration string // lower case
	Voids        bool   // Target is voided by this
	Timestamp    time.Time
	HasTimestamp bool
	Authority    json.RawMessage // as sent; nil if there was none

	Agents            []string // identities of actor and object, and of their members
	RelatedAgents     []string // further identities: instructor, team, context agents and groups, in a SubStatement
	RelatedActivities []string // further activities: of the context, in a SubStatement
	Attachments       []AttachmentMeta
	Definitions       []ActivityDefinition // of activities, wherever they are

	tree    *tree
	splices []splice
}

// AttachmentMeta is what a statement says of one of its attachments.
type AttachmentMeta struct {
	UsageType, ContentType, SHA2, FileURL string
	Length                                int64
}

// Parse reads one statement and holds it against the specification. The error is an *Error.
func Parse(raw []byte, v Version) (*Parsed, error) {
	t, err := parseTree(raw)
	if err != nil {
		return nil, err
	}
	p := &parser{tree: t, v: v, out: &Parsed{tree: t}}
	if err := p.statement(0, false); err != nil {
		return nil, err
	}
	p.out.finish(v)
	return p.out, nil
}

// ParseAgent reads an Agent or an identified Group, as in the parameter agent, and returns its identity.
func ParseAgent(raw []byte) (identity string, err error) {
	t, err := parseTree(raw)
	if err != nil {
		return "", err
	}
	p := &parser{tree: t, v: V2, out: &Parsed{tree: t}}
	a, err := p.actor(0, either)
	if err != nil {
		return "", err
	}
	if a.identity == "" {
		return "", p.fail(0, "Communication §2.1.3", "an Agent or an identified Group is needed: it names who by mbox, mbox_sha1sum, openid or account")
	}
	return a.identity, nil
}

type parser struct {
	*tree
	v   Version
	out *Parsed
}

func (p *parser) fail(n int, clause, format string, args ...any) error {
	return &Error{Pointer: p.pointer(n), Clause: clause, Text: fmt.Sprintf(format, args...)}
}

// want fails unless the node has the kind.
func (p *parser) want(n int, k kind, clause string) error {
	if got := p.nodes[n].kind; got != k {
		return p.fail(n, clause, "this must be %s, not %s", k, got)
	}
	return nil
}

// each calls f with every member of an object. f returns errKey for keys that do not belong there.
func (p *parser) each(n int, clause string, f func(key string, c int) error) error {
	if err := p.want(n, object, clause); err != nil {
		return err
	}
	for c := p.child(n); c != 0; c = p.sibling(c) {
		if err := f(p.key(c), c); err != nil {
			if err == errKey { //nolint:errorlint // never wrapped
				return p.fail(c, clause, "no such property is allowed here")
			}
			return err
		}
	}
	return nil
}

func (p *parser) elementsOf(n int, clause string, f func(c int) error) error {
	if err := p.want(n, array, clause); err != nil {
		return err
	}
	for c := p.child(n); c != 0; c = p.sibling(c) {
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

const errKey = constError("xapi: unknown property")

type constError string

func (e constError) Error() string { return string(e) }

// textOf fails unless the node is a string for which ok holds, and returns the string.
func (p *parser) textOf(n int, clause, what string, ok func(string) bool) (string, error) {
	if err := p.want(n, text, clause); err != nil {
		return "", err
	}
	s := p.str(n)
	if ok != nil && !ok(s) {
		return "", p.fail(n, clause, "%q is not %s", shorten(s), what)
	}
	return s, nil
}

func (p *parser) iri(n int, clause string) (string, error) {
	return p.textOf(n, clause, "an absolute IRI", ValidIRI)
}

func (p *parser) uuid(n int, clause string) (string, error) {
	return p.textOf(n, clause, "a UUID", ValidUUID)
}

func (p *parser) languageMap(n int) error {
	return p.each(n, "Data §4.2", func(key string, c int) error {
		if !ValidLanguage(key) {
			return p.fail(c, "Data §4.2", "%q is not a language tag (RFC 5646)", shorten(key))
		}
		return p.want(c, text, "Data §4.2")
	})
}

func (p *parser) extensions(n int) error {
	return p.each(n, "Data §4.1", func(key string, c int) error {
		if !ValidIRI(key) {
			return p.fail(c, "Data §4.1", "the key of an extension must be an absolute IRI")
		}
		return nil
	})
}

func (p *parser) statement(n int, sub bool) error {
	const clause = "Data §2.4"
	if err := p.want(n, object, clause); err != nil {
		return err
	}
	for _, need := range [...]string{"actor", "verb", "object"} {
		if p.member(n, need) == 0 {
			return p.fail(n, clause, "the property %s is missing", need)
		}
	}
	return p.each(n, clause, func(key string, c int) error {
		switch key {
		case "actor":
			a, err := p.actor(c, either)
			if err != nil {
				return err
			}
			if sub {
				p.relate(a)
			} else {
				p.out.Actor, p.out.ActorIsGroup = a.identity, a.group
				p.out.Agents = append(p.out.Agents, a.all...)
			}
			return nil
		case "verb":
			verb, err := p.verb(c)
			if err == nil && !sub {
				p.out.Verb = verb
			}
			if err == nil && verb == VerbVoided && p.textAt(p.member(n, "object"), "objectType") != "StatementRef" {
				return p.fail(p.member(n, "object"), "Data §2.3.2", "a statement that voids another must have a StatementRef as its object")
			}
			p.out.Voids = p.out.Voids || err == nil && !sub && verb == VerbVoided
			return err
		case "object":
			_, err := p.object(c, sub)
			return err
		case "result":
			return p.result(c)
		case "context":
			return p.context(c, p.objectKind(n))
		case "timestamp":
			return p.timestamp(c, sub)
		case "attachments":
			return p.attachments(c, sub)
		case "objectType":
			if !sub {
				return errKey
			}
			return nil // object has looked at it
		}
		if sub {
			return errKey
		}
		return p.envelope(key, c)
	})
}

// objectKind returns the objectType of a statement's object, "Activity" when there is none.
func (p *parser) objectKind(n int) string {
	if o := p.member(n, "object"); o != 0 && p.member(o, "objectType") != 0 {
		return p.textAt(o, "objectType")
	}
	return "Activity"
}

// envelope reads what SubStatements do not have.
func (p *parser) envelope(key string, c int) (err error) {
	switch key {
	case "id":
		p.out.ID, err = p.uuid(c, "Data §2.4.1")
	case "stored":
		_, err = p.moment(c, "Data §2.4.8")
	case "version":
		p.out.Version, err = p.textOf(c, "Data §2.4.10", "a version that is known here", func(s string) bool {
			v, ok := ParseVersion(s)
			return ok && (v == V1 || p.v == V2)
		})
	case "authority":
		p.out.Authority = json.RawMessage(p.raw(c))
		err = p.authority(c)
	default:
		return errKey
	}
	return err
}

func (p *parser) moment(n int, clause string) (time.Time, error) {
	s, err := p.textOf(n, clause, "", nil)
	if err != nil {
		return time.Time{}, err
	}
	t, err := ParseTime(s)
	if err != nil {
		return t, p.fail(n, clause+" and §4.5", "%s", strings.TrimPrefix(err.Error(), "xapi: "))
	}
	return t, nil
}

func (p *parser) timestamp(n int, sub bool) error {
	t, err := p.moment(n, "Data §2.4.7")
	if err != nil {
		return err
	}
	if s := p.str(n); utc(s) != s {
		p.out.splices = append(p.out.splices, splice{p.nodes[n].start, p.nodes[n].end, `"` + utc(s) + `"`})
	}
	if !sub {
		p.out.Timestamp, p.out.HasTimestamp = t, true
	}
	return nil
}

func (p *parser) verb(n int) (id string, err error) {
	const clause = "Data §2.4.3"
	err = p.each(n, clause, func(key string, c int) (err error) {
		switch key {
		case "id":
			id, err = p.iri(c, clause)
			return err
		case "display":
			return p.languageMap(c)
		}
		return errKey
	})
	if err == nil && id == "" {
		err = p.fail(n, clause, "the property id is missing")
	}
	return id, err
}

func (p *parser) result(n int) error {
	const clause = "Data §2.4.5"
	return p.each(n, clause, func(key string, c int) error {
		switch key {
		case "score":
			return p.score(c)
		case "success", "completion":
			return p.want(c, boolean, clause)
		case "response":
			return p.want(c, text, clause)
		case "duration":
			_, err := p.textOf(c, "Data §4.6", "an ISO 8601 duration", func(s string) bool {
				_, err := ParseDuration(s)
				return err == nil
			})
			return err
		case "extensions":
			return p.extensions(c)
		}
		return errKey
	})
}

func (p *parser) score(n int) error {
	const clause = "Data §2.4.5.1"
	var value [4]float64
	var at [4]int
	err := p.each(n, clause, func(key string, c int) error {
		i := strings.Index("scaled raw    min    max    ", key+" ")
		if i < 0 || i%7 != 0 || key == "" {
			return errKey
		}
		if err := p.want(c, number, clause); err != nil {
			return err
		}
		f, ok := p.float(c)
		if !ok {
			return p.fail(c, clause, "this number is too large")
		}
		value[i/7], at[i/7] = f, c
		return nil
	})
	scaled, raw, lowest, highest := 0, 1, 2, 3
	has := func(i, j int) bool { return at[i] != 0 && at[j] != 0 }
	switch {
	case err != nil:
		return err
	case at[scaled] != 0 && (value[scaled] < -1 || value[scaled] > 1):
		return p.fail(at[scaled], clause, "a scaled score is a number from -1 to 1")
	case has(lowest, highest) && value[lowest] >= value[highest]:
		return p.fail(at[lowest], clause, "min must be less than max")
	case has(raw, lowest) && value[raw] < value[lowest]:
		return p.fail(at[raw], clause, "raw must not be less than min")
	case has(raw, highest) && value[raw] > value[highest]:
		return p.fail(at[raw], clause, "raw must not be more than max")
	}
	return nil
}

func (p *parser) attachments(n int, sub bool) error {
	const clause = "Data §2.4.11"
	return p.elementsOf(n, clause, func(a int) error {
		var m AttachmentMeta
		err := p.each(a, clause, func(key string, c int) (err error) {
			switch key {
			case "usageType":
				m.UsageType, err = p.iri(c, clause)
			case "display", "description":
				err = p.languageMap(c)
			case "contentType":
				m.ContentType, err = p.textOf(c, clause, "a media type", ValidMediaType)
			case "length":
				if err := p.want(c, number, clause); err != nil {
					return err
				}
				f, ok := p.float(c)
				if !ok || f < 0 || f != float64(int64(f)) || f > 1<<53 {
					return p.fail(c, clause, "this must be a whole number of bytes")
				}
				m.Length = int64(f)
			case "sha2":
				m.SHA2, err = p.textOf(c, clause, "a SHA-2 in hexadecimal digits", validSHA2)
			case "fileUrl":
				m.FileURL, err = p.iri(c, clause)
			default:
				return errKey
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, need := range [...]string{"usageType", "display", "contentType", "length", "sha2"} {
			if p.member(a, need) == 0 {
				return p.fail(a, clause, "the property %s is missing", need)
			}
		}
		p.out.Attachments = append(p.out.Attachments, m)
		return nil
	})
}
