package ledger

import (
	"bufio"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// The kinds of finding.
const (
	Edited    = "edited"    // an entry is not as it was written
	Removed   = "removed"   // an entry is missing, others follow
	Reordered = "reordered" // an entry stands elsewhere
	Repeated  = "repeated"  // an entry stands there a second time
	Resigned  = "re-signed" // an entry is signed by an unknown key, or not at all
	Rewritten = "rewritten" // an entry is signed by a known key, but others, or a saved head, know it differently
	Foreign   = "foreign"   // an entry belongs to another organisation
	CutOff    = "cut off"   // entries are missing at the end
	BadHead   = "head"      // the saved head itself cannot be believed
	Archive   = "archive"   // the archive around the entries is not as it was signed
)

// Finding is one thing that is wrong, in a sentence.
type Finding struct {
	Kind   string
	Number int64 // of the first entry that it is about; 0: none
	Text   string
}

func (f *Finding) Error() string { return f.Text }

func found(kind string, number int64, format string, args ...any) *Finding {
	return &Finding{Kind: kind, Number: number, Text: fmt.Sprintf(format, args...)}
}

// Trust is what the one who verifies brings along; nothing of it comes from what is verified.
type Trust struct {
	Keys         map[string]ed25519.PublicKey // by keys.ID
	Heads        []Head                       // saved earlier, signed; may be empty, then entries cut off at the end of a bare ledger stay unnoticed
	Organisation string                       // whose ledger it is to be; "": whatever its first entry says
}

// Report is what a verification has found.
type Report struct {
	Organisation string
	Count        int64    // entries in order before the first finding
	Last         Head     // where the ledger stands; unsigned
	Keys         []string // ids of the keys that have signed these entries, in order
	Findings     []Finding
}

// OK reports that nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Verifier follows a ledger line by line in constant memory. It reports the first entry that is wrong: what comes after
// it hangs in the air.
type Verifier struct {
	trust Trust
	head  Head // of the last entry in order
	first string
	used  map[string]struct{} // keys that signed; at most as many as are trusted

	bad  []Finding // about the heads
	done *Finding  // what is wrong, decided
	// An authentic entry in another one's place: if the one that belongs there still comes, it was moved, else it is gone.
	gap      *Finding
	repeated int64 // the entry that stands there was there before; 0: not so
	beyond   bool  // an entry behind the missing one was seen, so that it once existed
}

// NewVerifier begins at the first entry of a ledger.
func NewVerifier(trust Trust) *Verifier {
	v := &Verifier{trust: trust, head: Head{Organisation: trust.Organisation, Hash: zeroHash}, first: zeroHash, used: map[string]struct{}{}}
	v.trust.Heads = nil
	for _, h := range trust.Heads {
		if f := h.prove(trust.Keys); f != nil {
			v.bad = append(v.bad, *f)
			continue
		}
		if v.head.Organisation == "" {
			v.head.Organisation = h.Organisation
		}
		if h.Organisation != v.head.Organisation {
			v.bad = append(v.bad, *found(BadHead, h.Number, "the saved head belongs to another organisation (%s)", h.Organisation))
			continue
		}
		v.trust.Heads = append(v.trust.Heads, h)
	}
	return v
}

// Line takes the next line, without its newline. It reports whether more is worth reading.
func (v *Verifier) Line(line []byte) bool {
	if v.done != nil {
		return false
	}
	e, err := Parse(line)
	if v.gap != nil {
		if err == nil && e.Number >= v.gap.Number && e.prove(v.trust.Keys, e.Number) == nil {
			v.later(e.Number)
		}
		return v.done == nil
	}
	n := v.head.Number + 1
	if err != nil {
		v.done = found(Edited, n, "entry %d was edited: %v", n, err)
		return false
	}
	if v.done = e.prove(v.trust.Keys, n); v.done != nil {
		return false
	}
	head := v.head
	if head.Number == 0 && head.Organisation != "" && e.Organisation != head.Organisation {
		v.done = found(Foreign, n, "entry %d belongs to another organisation's ledger (%s)", n, e.Organisation)
		return false
	}
	switch f := e.follows(head); {
	case f == nil:
	case f.Kind == Removed:
		v.gap = f
		if e.Number < n {
			v.repeated = e.Number
		}
		return true
	default:
		v.done = f
		return false
	}
	v.head, v.used[e.Key] = e.Head(), struct{}{}
	if n == 1 {
		v.first = e.Hash
	}
	for _, h := range v.trust.Heads {
		if h.Number == n && h.Hash != e.Hash {
			v.done = found(Rewritten, n, "entry %d is not the one of the head saved %s: it, or one before it, was rewritten by somebody who holds a key", n, h.Signed.UTC().Format(timeForm))
			return false
		}
	}
	return true
}

// later takes the number of an authentic entry that comes after a gap.
func (v *Verifier) later(number int64) {
	switch n := v.gap.Number; {
	case number > n:
		v.beyond = true
	case v.repeated > 0:
		v.done = v.twice()
	default:
		v.done = found(Reordered, n, "entry %d is not in its place; it comes later", n)
	}
}

func (v *Verifier) twice() *Finding {
	return found(Repeated, v.repeated, "entry %d stands there a second time, in the place of entry %d", v.repeated, v.gap.Number)
}

// missing decides a gap that nothing has filled to the end.
func (v *Verifier) missing() *Finding {
	for _, h := range v.trust.Heads {
		v.beyond = v.beyond || h.Number >= v.gap.Number
	}
	if v.repeated > 0 && !v.beyond {
		return v.twice()
	}
	return v.gap
}

// broken notes that reading ended within a line.
func (v *Verifier) broken() {
	if v.done == nil && v.gap == nil {
		n := v.head.Number + 1
		v.done = found(CutOff, n, "entry %d is cut off: its line does not end", n)
	}
}

// Report says what was found once all lines were given.
func (v *Verifier) Report() Report {
	r := Report{Organisation: v.head.Organisation, Count: v.head.Number, Last: v.head, Keys: slices.Sorted(maps.Keys(v.used))}
	first := v.done
	if first == nil && v.gap != nil {
		first = v.missing()
	}
	if first == nil {
		for _, h := range v.trust.Heads {
			if h.Number > v.head.Number {
				n := v.head.Number + 1
				first = found(CutOff, n, "entries are cut off from entry %d on: the head saved %s knows %d", n, h.Signed.UTC().Format(timeForm), h.Number)
				break
			}
		}
	}
	if first != nil {
		r.Findings = append(r.Findings, *first)
	}
	r.Findings = append(r.Findings, v.bad...)
	return r
}

// Verify reads a ledger, one canonical entry per line, to its end. The error is an accident of reading; what is wrong
// with the ledger is in the report.
func Verify(r io.Reader, trust Trust) (Report, error) {
	v := NewVerifier(trust)
	err := v.read(r)
	return v.Report(), err
}

func (v *Verifier) read(r io.Reader) error {
	b := bufio.NewReaderSize(r, 64<<10)
	var line []byte // reused
	for {
		part, err := b.ReadSlice('\n')
		if len(line) <= MaxLine { // what is longer is wrong anyway and not kept
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			if len(line) > 0 {
				v.broken()
			}
			return nil
		case err != nil:
			return fmt.Errorf("ledger.Verify: %w", err)
		}
		if !v.Line(line[:len(line)-1]) {
			return nil
		}
		line = line[:0]
	}
}
