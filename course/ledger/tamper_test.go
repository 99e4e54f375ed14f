package ledger_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"palestra/course/ledger"
)

// sealed signs an entry anew, as somebody with a key could.
func sealed(t testing.TB, e ledger.Entry, r ring) ledger.Entry {
	t.Helper()
	if e.Number == 1 {
		out, err := ledger.Next(nil, e, r.sign)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	out, err := ledger.Next(&ledger.Head{Organisation: e.Organisation, Number: e.Number - 1, Hash: e.Previous}, e, r.sign)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rechain seals all entries from number on anew.
func rechain(t testing.TB, entries []ledger.Entry, number int, r ring) {
	t.Helper()
	for i := number - 1; i < len(entries); i++ {
		if i > 0 {
			entries[i].Previous = entries[i-1].Hash
		}
		entries[i] = sealed(t, entries[i], r)
	}
}

func TestTamperedLedger(t *testing.T) {
	earlier := ledger.SignHead(chain(t, 7)[4].Head(), day(20), town().sign)
	latest := ledger.SignHead(chain(t, 7)[6].Head(), day(20), town().sign)
	text := func(line int, old, with string) func(testing.TB, []ledger.Entry) [][]byte {
		return func(t testing.TB, e []ledger.Entry) [][]byte {
			l := lines(e)
			if !bytes.Contains(l[line-1], []byte(old)) {
				t.Fatalf("%q is not in line %d", old, line)
			}
			l[line-1] = bytes.Replace(l[line-1], []byte(old), []byte(with), 1)
			return l
		}
	}
	whole := func(change func(t testing.TB, e []ledger.Entry) []ledger.Entry) func(testing.TB, []ledger.Entry) [][]byte {
		return func(t testing.TB, e []ledger.Entry) [][]byte { return lines(change(t, e)) }
	}
	for _, c := range []struct {
		name   string
		tamper func(testing.TB, []ledger.Entry) [][]byte // of seven entries
		heads  []ledger.Head
		kind   string
		number int64
	}{
		{name: "untouched", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e })},
		{name: "untouched, with heads", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e }), heads: []ledger.Head{latest, earlier}},
		{name: "empty", tamper: func(testing.TB, []ledger.Entry) [][]byte { return nil }},
		{name: "empty, but a head knows better", tamper: func(testing.TB, []ledger.Entry) [][]byte { return nil }, heads: []ledger.Head{earlier}, kind: ledger.CutOff, number: 1},

		{name: "more minutes", tamper: text(3, `"minutes":43`, `"minutes":99`), kind: ledger.Edited, number: 3},
		{name: "another account", tamper: text(2, `"account-2"`, `"account-1"`), kind: ledger.Edited, number: 2},
		{name: "a better score", tamper: text(2, `8750`, `9750`), kind: ledger.Edited, number: 2},
		{name: "a space", tamper: text(5, `"kind":`, `"kind": `), kind: ledger.Edited, number: 5},
		{name: "a member more", tamper: text(5, `{`, `{"a":1,`), kind: ledger.Edited, number: 5},
		{name: "a member twice", tamper: text(5, `"kind":"completion"`, `"kind":"completion","kind":"completion"`), kind: ledger.Edited, number: 5},
		{name: "a number in another form", tamper: text(5, `"minutes":45`, `"minutes":45.0`), kind: ledger.Edited, number: 5},
		{name: "a time in another form", tamper: text(5, `.250Z`, `.25Z`), kind: ledger.Edited, number: 5},
		{name: "another number", tamper: text(5, `"number":5`, `"number":6`), kind: ledger.Edited, number: 5},
		{name: "an empty line", tamper: text(1, `{`, "\n{"), kind: ledger.Edited, number: 1},
		{name: "an empty line at the end", tamper: func(_ testing.TB, e []ledger.Entry) [][]byte { return append(lines(e), []byte("\n")) }, kind: ledger.Edited, number: 8},
		{name: "rubbish", tamper: func(_ testing.TB, e []ledger.Entry) [][]byte {
			return slices.Insert(lines(e), 2, []byte("rubbish\n"))
		}, kind: ledger.Edited, number: 3},
		{name: "a line without end", tamper: func(_ testing.TB, e []ledger.Entry) [][]byte {
			return append(lines(e)[:3], bytes.Repeat([]byte("x"), 3<<20))
		}, kind: ledger.CutOff, number: 4},
		{name: "a very long line", tamper: func(_ testing.TB, e []ledger.Entry) [][]byte {
			return append(lines(e)[:3], append(bytes.Repeat([]byte(" "), 3<<20), '\n'))
		}, kind: ledger.Edited, number: 4},
		{name: "edited, hash repaired", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			s, k := e[2].Signature, e[2].Key
			e[2].Minutes = 500
			e[2] = sealed(t, e[2], town())
			e[2].Signature, e[2].Key = s, k
			return e
		}), kind: ledger.Resigned, number: 3},

		{name: "the first removed", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e[1:] }), kind: ledger.Removed, number: 1},
		{name: "one removed", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return slices.Delete(e, 3, 4) }), kind: ledger.Removed, number: 4},
		{name: "three removed", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return slices.Delete(e, 2, 5) }), kind: ledger.Removed, number: 3},
		{name: "removed and replaced by a copy", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { e[4] = e[1]; return e }), kind: ledger.Removed, number: 5},
		{name: "the last replaced by a copy, a head knows", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { e[6] = e[1]; return e }), heads: []ledger.Head{latest}, kind: ledger.Removed, number: 7},
		{name: "removed and the rest renumbered", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry {
			e = slices.Delete(e, 3, 4)
			for i := 3; i < len(e); i++ {
				e[i].Number--
			}
			return e
		}), kind: ledger.Edited, number: 4},

		{name: "neighbours swapped", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { e[2], e[3] = e[3], e[2]; return e }), kind: ledger.Reordered, number: 3},
		{name: "first and last swapped", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { e[0], e[6] = e[6], e[0]; return e }), kind: ledger.Reordered, number: 1},
		{name: "one moved to the end", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry {
			return append(slices.Delete(slices.Clone(e), 1, 2), e[1])
		}), kind: ledger.Reordered, number: 2},
		{name: "backwards", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { slices.Reverse(e); return e }), kind: ledger.Reordered, number: 1},
		{name: "one twice", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return slices.Insert(e, 5, e[2]) }), kind: ledger.Repeated, number: 3},
		{name: "one twice in a row", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return slices.Insert(e, 3, e[2]) }), kind: ledger.Repeated, number: 3},
		{name: "the last twice", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return append(e, e[6]) }), heads: []ledger.Head{latest}, kind: ledger.Repeated, number: 7},

		{name: "signed again by a forger", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry { e[5] = sealed(t, e[5], forger()); return e }), kind: ledger.Resigned, number: 6},
		{name: "edited and signed by a forger to the end", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			e[2].Minutes = 500
			rechain(t, e, 3, forger())
			return e
		}), kind: ledger.Resigned, number: 3},
		{name: "a forger under the town's name", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			e[2].Minutes = 500
			rechain(t, e, 3, ring{town().id, forger().private})
			return e
		}), kind: ledger.Resigned, number: 3},
		{name: "signature of another entry", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { e[2].Signature = e[1].Signature; return e }), kind: ledger.Resigned, number: 3},
		{name: "no signature", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { e[2].Signature = nil; return e }), kind: ledger.Resigned, number: 3},
		{name: "key of another", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { e[2].Key = rotated().id; return e }), kind: ledger.Resigned, number: 3},

		{name: "rewritten by a holder of the key", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			e[2].Minutes = 500
			e[2] = sealed(t, e[2], town())
			return e
		}), kind: ledger.Rewritten, number: 3},
		{name: "rewritten to the end by a holder of the key, a head knows", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			e[2].Minutes = 500
			rechain(t, e, 3, town())
			return e
		}), heads: []ledger.Head{latest, earlier}, kind: ledger.Rewritten, number: 5},
		{name: "the end rewritten, a later head knows", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			e[5].Minutes = 500
			rechain(t, e, 6, town())
			return e
		}), heads: []ledger.Head{latest, earlier}, kind: ledger.Rewritten, number: 7},
		{name: "backdated by a holder of the key", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			e[4].At = day(1)
			rechain(t, e, 5, town())
			return e
		}), kind: ledger.Rewritten, number: 5},
		{name: "a beginning that is none", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			other := e[0]
			other.Number, other.Previous = 2, e[0].Hash
			other = sealed(t, other, town())
			other.Number = 1
			return []ledger.Entry{other}
		}), kind: ledger.Edited, number: 1},
		{name: "an entry of another organisation", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			e[3].Organisation = "org-other"
			e[3] = sealed(t, e[3], town())
			return e
		}), kind: ledger.Foreign, number: 4},
		{name: "the ledger of another organisation", tamper: whole(func(t testing.TB, e []ledger.Entry) []ledger.Entry {
			for i := range e {
				e[i].Organisation = "org-other"
			}
			rechain(t, e, 1, town())
			return e
		}), heads: []ledger.Head{earlier}, kind: ledger.Foreign, number: 1},

		{name: "the last cut off, nobody knows", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e[:6] })},
		{name: "the last cut off", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e[:6] }), heads: []ledger.Head{latest}, kind: ledger.CutOff, number: 7},
		{name: "more cut off", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e[:3] }), heads: []ledger.Head{latest, earlier}, kind: ledger.CutOff, number: 4},
		{name: "cut within a line", tamper: func(_ testing.TB, e []ledger.Entry) [][]byte {
			l := lines(e)
			l[6] = l[6][:40]
			return l
		}, kind: ledger.CutOff, number: 7},
		{name: "the last newline cut off", tamper: func(_ testing.TB, e []ledger.Entry) [][]byte {
			l := lines(e)
			l[6] = bytes.TrimSuffix(l[6], []byte("\n"))
			return l
		}, kind: ledger.CutOff, number: 7},

		{name: "a head by a forger", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e }), heads: []ledger.Head{ledger.SignHead(chain(t, 3)[2].Head(), day(9), forger().sign)}, kind: ledger.BadHead, number: 3},
		{name: "an edited head", tamper: whole(func(_ testing.TB, e []ledger.Entry) []ledger.Entry { return e }), heads: []ledger.Head{func() ledger.Head { h := latest; h.Number = 6; return h }()}, kind: ledger.BadHead, number: 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, bytes.Join(c.tamper(t, chain(t, 7)), nil), ledger.Trust{Keys: both(), Heads: c.heads})
			if c.kind == "" {
				if !r.OK() {
					t.Errorf("got %+v, want no finding", r.Findings)
				}
				return
			}
			if r.OK() || r.Findings[0].Kind != c.kind || r.Findings[0].Number != c.number {
				t.Errorf("got %+v, want %s %d", r.Findings, c.kind, c.number)
			}
		})
	}
}

func each(entries []ledger.Entry) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func archive(t testing.TB, entries []ledger.Entry) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := ledger.WriteArchive(&b, "org-valdora", each(entries), day(12), rotated().sign); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type file struct {
	name string
	data []byte
}

func unzip(t testing.TB, b []byte) []file {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{f.Name, data})
	}
	return files
}

func rezip(t testing.TB, files []file, method uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verifyArchive(t testing.TB, b []byte, trust ledger.Trust) ledger.Report {
	t.Helper()
	r, err := ledger.VerifyArchive(bytes.NewReader(b), int64(len(b)), trust)
	if err != nil {
		t.Fatalf("VerifyArchive: %v", err)
	}
	return r
}

func TestTamperedArchive(t *testing.T) {
	earlier := ledger.SignHead(chain(t, 5)[4].Head(), day(20), town().sign)
	later := ledger.SignHead(chain(t, 9)[8].Head(), day(20), town().sign)
	swap := func(n int, old, with string) func(testing.TB, []file) []file {
		return func(t testing.TB, f []file) []file {
			if !bytes.Contains(f[n].data, []byte(old)) {
				t.Fatalf("%q is not in %s", old, f[n].name)
			}
			f[n].data = bytes.Replace(f[n].data, []byte(old), []byte(with), 1)
			return f
		}
	}
	of := func(n int, entries int, other ring) func(testing.TB, []file) []file { // a file of another archive
		return func(t testing.TB, f []file) []file {
			var b bytes.Buffer
			if _, err := ledger.WriteArchive(&b, "org-valdora", each(chain(t, entries)), day(13), other.sign); err != nil {
				t.Fatal(err)
			}
			f[n] = unzip(t, b.Bytes())[n]
			return f
		}
	}
	for _, c := range []struct {
		name   string
		tamper func(testing.TB, []file) []file // of seven entries
		heads  []ledger.Head
		org    string
		kind   string
		number int64
	}{
		{name: "untouched", tamper: func(_ testing.TB, f []file) []file { return f }, heads: []ledger.Head{earlier}, org: "org-valdora"},
		{name: "an entry edited", tamper: swap(0, `"minutes":43`, `"minutes":99`), kind: ledger.Edited, number: 3},
		{name: "the last entry removed", tamper: func(t testing.TB, f []file) []file {
			l := lines(chain(t, 7))
			f[0].data = bytes.TrimSuffix(f[0].data, l[6])
			return f
		}, kind: ledger.CutOff, number: 7},
		{name: "an entry removed", tamper: func(t testing.TB, f []file) []file {
			f[0].data = bytes.Replace(f[0].data, lines(chain(t, 7))[2], nil, 1)
			return f
		}, kind: ledger.Removed, number: 3},
		{name: "an entry more", tamper: of(0, 8, rotated()), kind: ledger.Archive},
		{name: "entries of a shorter ledger", tamper: of(0, 5, rotated()), kind: ledger.CutOff, number: 6},
		{name: "an entry signed again by another known key", tamper: func(t testing.TB, f []file) []file {
			e := chain(t, 7)
			e[2] = sealed(t, e[2], rotated())
			f[0].data = bytes.Join(lines(e), nil)
			return f
		}, kind: ledger.Archive},
		{name: "everything older than a head", tamper: func(_ testing.TB, f []file) []file { return f }, heads: []ledger.Head{later}, kind: ledger.CutOff, number: 8},
		{name: "count edited", tamper: swap(2, `"count":7`, `"count":8`), kind: ledger.Archive},
		{name: "digest edited", tamper: swap(2, `"digest":"`, `"digest":"0`), kind: ledger.Archive},
		{name: "organisation edited", tamper: swap(2, `org-valdora`, `org-valdorb`), kind: ledger.Archive},
		{name: "manifest spaced", tamper: swap(2, `,`, `, `), kind: ledger.Archive},
		{name: "manifest of a new form", tamper: swap(2, `palestra-archive/1`, `palestra-archive/2`), kind: ledger.Archive},
		{name: "manifest of another archive", tamper: of(2, 6, rotated()), kind: ledger.Archive},
		{name: "manifest signed by a forger", tamper: of(2, 7, forger()), kind: ledger.Archive},
		{name: "manifest empty", tamper: func(_ testing.TB, f []file) []file { f[2].data = nil; return f }, kind: ledger.Archive},
		{name: "manifest endless", tamper: func(_ testing.TB, f []file) []file { f[2].data = make([]byte, 2<<20); return f }, kind: ledger.Archive},
		{name: "head edited", tamper: swap(1, `"number":7`, `"number":6`), kind: ledger.Archive},
		{name: "head of another archive", tamper: of(1, 6, rotated()), kind: ledger.Archive},
		{name: "head signed by a forger", tamper: of(1, 7, forger()), kind: ledger.Archive},
		{name: "head spaced", tamper: swap(1, `,`, `, `), kind: ledger.Archive},
		{name: "no head", tamper: func(_ testing.TB, f []file) []file { return slices.Delete(f, 1, 2) }, kind: ledger.Archive},
		{name: "no manifest", tamper: func(_ testing.TB, f []file) []file { return f[:2] }, kind: ledger.Archive},
		{name: "a file more", tamper: func(_ testing.TB, f []file) []file { return append(f, file{"note.txt", []byte("trust me")}) }, kind: ledger.Archive},
		{name: "entries twice", tamper: func(_ testing.TB, f []file) []file { return append(f, f[0]) }, kind: ledger.Archive},
		{name: "another organisation's", tamper: func(_ testing.TB, f []file) []file { return f }, org: "org-other", kind: ledger.Foreign, number: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := c.tamper(t, unzip(t, archive(t, chain(t, 7))))
			for _, method := range []uint16{zip.Store, zip.Deflate} {
				r := verifyArchive(t, rezip(t, files, method), ledger.Trust{Keys: both(), Heads: c.heads, Organisation: c.org})
				if c.kind == "" {
					if !r.OK() || r.Count != 7 {
						t.Errorf("got %+v, want no finding", r)
					}
					continue
				}
				if r.OK() || r.Findings[0].Kind != c.kind || r.Findings[0].Number != c.number {
					t.Errorf("got %+v, want first %s %d", r.Findings, c.kind, c.number)
				}
			}
		})
	}
}

func TestArchive(t *testing.T) {
	t.Run("empty", func(t *testing.T) {
		if r := verifyArchive(t, archive(t, nil), ledger.Trust{Keys: both()}); !r.OK() || r.Count != 0 || r.Organisation != "org-valdora" {
			t.Errorf("got %+v, want an empty ledger without findings", r)
		}
	})
	t.Run("not a ZIP file", func(t *testing.T) {
		r := verifyArchive(t, []byte("PK\x03\x04 and then nothing"), ledger.Trust{Keys: both()})
		if r.OK() || r.Findings[0].Kind != ledger.Archive {
			t.Errorf("got %+v, want an archive that is damaged", r)
		}
	})
	t.Run("cut", func(t *testing.T) {
		whole := archive(t, chain(t, 7))
		for n := range len(whole) {
			if r := verifyArchive(t, whole[:n], ledger.Trust{Keys: both()}); r.OK() {
				t.Fatalf("cut to %d of %d bytes: got no finding", n, len(whole))
			}
		}
	})
	t.Run("will not be written", func(t *testing.T) {
		broken := errors.New("store")
		edited := chain(t, 3)
		edited[1].Minutes++
		foreign := chain(t, 3)
		foreign[0].Organisation = "org-other"
		for name, entries := range map[string]iter.Seq2[ledger.Entry, error]{
			"store":                func(yield func(ledger.Entry, error) bool) { yield(ledger.Entry{}, broken) },
			"hash":                 each(edited),
			"another organisation": each(foreign),
			"entry 2":              each(slices.Delete(chain(t, 3), 1, 2)),
		} {
			if _, err := ledger.WriteArchive(io.Discard, "org-valdora", entries, day(12), town().sign); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, want an error about %q", err, name)
			}
		}
	})
	t.Run("accident", func(t *testing.T) {
		broken := errors.New("disk")
		if _, err := ledger.VerifyArchive(errorReaderAt{broken}, 1000, ledger.Trust{}); !errors.Is(err, broken) {
			t.Errorf("got %v, want %v", err, broken)
		}
	})
}

type errorReaderAt struct{ err error }

func (e errorReaderAt) ReadAt([]byte, int64) (int, error) { return 0, e.err }
