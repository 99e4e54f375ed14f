// Package ledger writes and proves the book of an organisation's completions: append-only, each entry chained to the one
// before it by a hash and signed with Ed25519. It holds random ids only, no names. A mistake is corrected by a further
// entry, never by an edit.
//
// Everything here is pure: no store, no network, no clock. Who keeps a ledger appends what Next returns; who doubts it
// runs Verify over the exported lines with a public key that came another way, offline, and is told which entry is the
// first that was edited, removed, moved, signed by somebody else or cut off. docs/ledger.md describes the bytes so that
// a stranger can do the same with other tools.
package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Format names the form of an entry; it changes when the form does.
const Format = "palestra-ledger/1"

// The kinds of entry.
const (
	Completion = "completion" // somebody has completed a course
	Correction = "correction" // the record was wrong; this entry says how it is right
	Withdrawal = "withdrawal" // the record should never have been made
)

const (
	// MaxLine is the length of the longest line, in bytes.
	MaxLine = 1 << 20
	// MaxReason is the length of the longest reason, in bytes.
	MaxReason = 2000
	// MaxStatements is how many statements an entry can name as evidence.
	MaxStatements = 10_000

	maxName = 200 // bytes of an id
)

// zeroHash stands where nothing came before.
const zeroHash = "0000000000000000000000000000000000000000000000000000000000000000"

// Entry is one line of the ledger. Corrections and withdrawals repeat all facts: what an entry says is how the record
// stands after it (a withdrawal says what is withdrawn).
type Entry struct {
	Format       string    `json:"format"       bson:"format"`
	Organisation string    `json:"organisation" bson:"organisation"` // id
	Number       int64     `json:"number"       bson:"number"`       // 1, 2, 3 … without gaps
	At           time.Time `json:"at"           bson:"at"`           // when it was written; never before the entry that it follows
	Kind         string    `json:"kind"         bson:"kind"`
	Record       string    `json:"record"       bson:"record"`             // id of the completion, the same in its corrections
	Account      string    `json:"account"      bson:"account"`            // random xAPI account name of the learner
	Course       string    `json:"course"       bson:"course"`             // id
	Version      int64     `json:"courseVersion" bson:"courseVersion"`     // from 1
	Rule         string    `json:"ruleVersion"  bson:"ruleVersion"`        // of the completion rule
	Minutes      int64     `json:"minutes"      bson:"minutes"`            // of learning that the record stands for, from 0
	Score        *int64    `json:"score,omitempty" bson:"score,omitempty"` // hundredths of a per cent, 0 to 10000; nil: there was nothing to score
	CompletedAt  time.Time `json:"completedAt"  bson:"completedAt"`
	Statements   []string  `json:"statements"   bson:"statements"`               // ids of the xAPI statements that are the evidence
	EvidenceHash string    `json:"evidenceHash" bson:"evidenceHash"`             // EvidenceHash of the whole evidence
	Corrects     int64     `json:"corrects,omitempty" bson:"corrects,omitempty"` // number of the entry that this one corrects or withdraws; 0 in completions
	Reason       string    `json:"reason,omitempty"   bson:"reason,omitempty"`   // why; without names of persons; "" in completions
	By           string    `json:"by,omitempty"       bson:"by,omitempty"`       // random id of who corrected; "" in completions
	Previous     string    `json:"previous"     bson:"previous"`                 // Hash of the entry before; 64 zeros in the first
	Hash         string    `json:"hash"         bson:"hash"`                     // SHA-256 of the canonical entry without hash, key and signature, in hexadecimal
	Key          string    `json:"key"          bson:"key"`                      // id of the key that signed
	Signature    []byte    `json:"signature"    bson:"signature"`                // Ed25519 over Format, a space and Hash
}

// Signer signs a message and says with which key (keys.Ring.Sign is one).
type Signer func(message []byte) (key string, signature []byte)

// Next returns e as the entry that follows head (nil: the first of its ledger), numbered, chained and signed. Times are
// cut to milliseconds; an At before head's is raised to it, as clocks may be set back. What no verifier would accept is
// an error.
func Next(head *Head, e Entry, sign Signer) (Entry, error) {
	e.Format, e.Number, e.Previous = Format, 1, zeroHash
	e.At, e.CompletedAt = e.At.UTC().Truncate(time.Millisecond), e.CompletedAt.UTC().Truncate(time.Millisecond)
	if head != nil && head.Number > 0 {
		if head.Organisation != e.Organisation {
			return Entry{}, errors.New("ledger.Next: the entry belongs to another organisation than the ledger")
		}
		e.Number, e.Previous = head.Number+1, head.Hash
		if e.At.Before(head.At) {
			e.At = head.At
		}
	}
	if err := e.check(); err != nil {
		return Entry{}, fmt.Errorf("ledger.Next: %w", err)
	}
	e.Hash = e.hash()
	e.Key, e.Signature = sign(message(Format, e.Hash))
	if n := len(Append(nil, e)); n > MaxLine {
		return Entry{}, fmt.Errorf("ledger.Next: a line of %d bytes is longer than %d", n, MaxLine)
	}
	return e, nil
}

// Head returns where the ledger stands after e, unsigned.
func (e Entry) Head() Head {
	return Head{Organisation: e.Organisation, Number: e.Number, Hash: e.Hash, At: e.At}
}

// Append appends the canonical line of e, ending with a newline, to b.
func Append(b []byte, e Entry) []byte { return append(e.encode(b, true), '\n') }

// encode appends the members in the order of their names (RFC 8785 §3.2.3). Members with nothing to say are left out.
func (e *Entry) encode(b []byte, sealed bool) []byte {
	o := object{b: b}
	o.text("account", e.Account)
	o.time("at", e.At)
	if e.By != "" {
		o.text("by", e.By)
	}
	o.time("completedAt", e.CompletedAt)
	if e.Corrects != 0 {
		o.integer("corrects", e.Corrects)
	}
	o.text("course", e.Course)
	o.integer("courseVersion", e.Version)
	o.text("evidenceHash", e.EvidenceHash)
	o.text("format", e.Format)
	if sealed {
		o.text("hash", e.Hash)
		o.text("key", e.Key)
	}
	o.text("kind", e.Kind)
	o.integer("minutes", e.Minutes)
	o.integer("number", e.Number)
	o.text("organisation", e.Organisation)
	o.text("previous", e.Previous)
	if e.Reason != "" {
		o.text("reason", e.Reason)
	}
	o.text("record", e.Record)
	o.text("ruleVersion", e.Rule)
	if e.Score != nil {
		o.integer("score", *e.Score)
	}
	if sealed {
		o.text("signature", base64.StdEncoding.EncodeToString(e.Signature))
	}
	o.texts("statements", e.Statements)
	return append(o.b, '}')
}

func (e *Entry) hash() string { return digest(e.encode(nil, false)) }

// message is what is signed: the form, so that a signature for one thing never fits another, and the hash.
func message(format, hash string) []byte { return []byte(format + " " + hash) }

// Parse reads one line of a ledger, without its newline. Only the canonical form is understood, byte by byte; hash and
// signature are not yet proven.
func Parse(line []byte) (Entry, error) {
	var e Entry
	if err := strict(line, &e); err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(e.encode(nil, true), line) {
		return Entry{}, errors.New("it is not in the canonical form")
	}
	return e, nil
}

func strict(b []byte, into any) error {
	if len(b) > MaxLine {
		return errors.New("it is too long")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errors.New("it is not JSON of this form") // what the decoder says helps nobody who reads a finding
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// check refuses what an entry cannot be, whoever has signed it.
func (e *Entry) check() error {
	for _, f := range []struct{ name, value string }{
		{"organisation", e.Organisation}, {"record", e.Record}, {"account", e.Account}, {"course", e.Course}, {"ruleVersion", e.Rule},
	} {
		if !isName(f.value) {
			return fmt.Errorf("%s is not an id of 1 to %d visible ASCII characters", f.name, maxName)
		}
	}
	for _, f := range []struct {
		name       string
		value      int64
		from, upTo int64
	}{
		{"number", e.Number, 1, maxInteger}, {"courseVersion", e.Version, 1, maxInteger}, {"minutes", e.Minutes, 0, maxInteger}, {"corrects", e.Corrects, 0, e.Number - 1},
	} {
		if f.value < f.from || f.value > f.upTo {
			return fmt.Errorf("%s is %d, but can only be %d to %d", f.name, f.value, f.from, f.upTo)
		}
	}
	if e.Score != nil && (*e.Score < 0 || *e.Score > 10_000) {
		return fmt.Errorf("score is %d, but can only be 0 to 10000 hundredths of a per cent", *e.Score)
	}
	if !isHash(e.EvidenceHash) {
		return errors.New("evidenceHash is not a SHA-256 in hexadecimal")
	}
	if !isTime(e.At) || !isTime(e.CompletedAt) {
		return errors.New("a time is missing or outside the years 1970 to 9999")
	}
	if len(e.Statements) > MaxStatements || !allNames(e.Statements) {
		return fmt.Errorf("statements are not at most %d ids", MaxStatements)
	}
	if len(e.Reason) > MaxReason || !utf8.ValidString(e.Reason) {
		return fmt.Errorf("reason is longer than %d bytes or not UTF-8", MaxReason)
	}
	switch e.Kind {
	case Completion:
		if e.Corrects != 0 || e.Reason != "" || e.By != "" {
			return errors.New("a completion cannot correct, give a reason or name who corrected")
		}
	case Correction, Withdrawal:
		if e.Corrects == 0 || strings.TrimSpace(e.Reason) == "" || !isName(e.By) {
			return fmt.Errorf("a %s names the entry that it corrects, a reason and who did it", e.Kind)
		}
	default:
		return fmt.Errorf("there is no kind of entry %q", e.Kind)
	}
	return nil
}

func isName(s string) bool {
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

func allNames(s []string) bool {
	return !slices.ContainsFunc(s, func(s string) bool { return !isName(s) })
}

func isHash(s string) bool {
	return len(s) == len(zeroHash) && !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

func isTime(t time.Time) bool { return t.Year() >= 1970 && t.UTC().Year() <= 9999 }

// Prove returns a *Finding unless e's content gives its hash and one of the keys has signed it. It looks at e alone.
func (e Entry) Prove(keys map[string]ed25519.PublicKey) error {
	if f := e.prove(keys, e.Number); f != nil {
		return f
	}
	return nil
}

func (e *Entry) prove(keys map[string]ed25519.PublicKey, number int64) *Finding {
	if e.hash() != e.Hash {
		return found(Edited, number, "entry %d was edited: its content does not give the hash that it states", number)
	}
	if f := proveSignature(keys, e.Key, message(e.Format, e.Hash), e.Signature); f != "" {
		return found(Resigned, number, "entry %d was signed again by somebody else: %s", number, f)
	}
	if e.Format != Format {
		return found(Edited, number, "entry %d is of the form %q, which this program does not know", number, e.Format)
	}
	if err := e.check(); err != nil {
		return found(Edited, number, "entry %d is not an entry of a ledger: %v", number, err)
	}
	return nil
}

// proveSignature says what is wrong with a signature, or "".
func proveSignature(keys map[string]ed25519.PublicKey, key string, message, signature []byte) string {
	k, ok := keys[key]
	switch {
	case !ok:
		return fmt.Sprintf("the key %q is none of those that were given", key)
	case len(k) != ed25519.PublicKeySize || !ed25519.Verify(k, message, signature):
		return fmt.Sprintf("the signature is not one of the key %s over this content", key)
	}
	return ""
}

// Follows returns a *Finding unless e is the entry after previous (nil: the first of its ledger). It looks at the chain
// only.
func (e Entry) Follows(previous *Entry) error {
	var head Head
	if previous != nil {
		head = previous.Head()
	}
	if f := e.follows(head); f != nil {
		return f
	}
	return nil
}

func (e *Entry) follows(head Head) *Finding {
	if head.Number == 0 {
		head.Hash = zeroHash
	}
	switch n := head.Number + 1; {
	case head.Number > 0 && e.Organisation != head.Organisation:
		return found(Foreign, n, "entry %d belongs to another organisation's ledger (%s)", n, e.Organisation)
	case e.Number != n:
		return found(Removed, n, "entry %d is not there; entry %d stands in its place", n, e.Number)
	case e.Previous != head.Hash && n == 1:
		return found(Edited, 1, "entry 1 was rewritten: it says that something came before it")
	case e.Previous != head.Hash:
		return found(Rewritten, n-1, "entry %d was rewritten by somebody who holds a key: entry %d was chained to another one", n-1, n)
	case e.At.Before(head.At):
		return found(Rewritten, n, "entry %d says that it was written before entry %d", n, n-1)
	}
	return nil
}
