package ledger

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// ArchiveFormat names the form of an archive.
const ArchiveFormat = "palestra-archive/1"

// The files of an archive, in this order and no others.
const (
	EntriesFile  = "ledger.ndjson"
	HeadFile     = "head.json"
	ManifestFile = "manifest.json"
)

const maxManifest = 1 << 20 // bytes

// Manifest says what an archive holds, signed.
type Manifest struct {
	Format       string    `json:"format"`
	Organisation string    `json:"organisation"`
	Made         time.Time `json:"made"`
	Count        int64     `json:"count"`     // entries
	First        string    `json:"first"`     // hash of the first entry; 64 zeros if there is none
	Last         string    `json:"last"`      // hash of the last entry; 64 zeros if there is none
	Size         int64     `json:"size"`      // bytes of the entries file
	Digest       string    `json:"digest"`    // SHA-256 of the entries file, in hexadecimal
	Keys         []string  `json:"keys"`      // ids of the keys that have signed entries, in order
	Key          string    `json:"key"`       // id of the key that signed the manifest
	Signature    []byte    `json:"signature"` // Ed25519 over Format, a space and the SHA-256 of the canonical manifest without key and signature
}

func (m *Manifest) encode(sealed bool) []byte {
	var o object
	o.integer("count", m.Count)
	o.text("digest", m.Digest)
	o.text("first", m.First)
	o.text("format", m.Format)
	if sealed {
		o.text("key", m.Key)
	}
	o.texts("keys", m.Keys)
	o.text("last", m.Last)
	o.time("made", m.Made)
	o.text("organisation", m.Organisation)
	if sealed {
		o.text("signature", base64.StdEncoding.EncodeToString(m.Signature))
	}
	o.integer("size", m.Size)
	return append(o.b, '}')
}

// WriteArchive writes the whole ledger of an organisation as a ZIP file in constant memory: its entries, its signed head
// and the signed manifest. Entries come in order; the first error of theirs, or an entry that does not follow the one
// before it, ends the archive without a manifest.
func WriteArchive(w io.Writer, organisation string, entries iter.Seq2[Entry, error], made time.Time, sign Signer) (Manifest, error) {
	m, err := writeArchive(w, organisation, entries, made, sign)
	if err != nil {
		return Manifest{}, fmt.Errorf("ledger.WriteArchive: %w", err)
	}
	return m, nil
}

func writeArchive(w io.Writer, organisation string, entries iter.Seq2[Entry, error], made time.Time, sign Signer) (Manifest, error) {
	made = made.UTC().Truncate(time.Millisecond)
	z := zip.NewWriter(w)
	file := func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made})
	}
	f, err := file(EntriesFile)
	if err != nil {
		return Manifest{}, err
	}
	m := Manifest{Format: ArchiveFormat, Organisation: organisation, Made: made, First: zeroHash, Last: zeroHash}
	head, err := writeEntries(f, &m, entries)
	if err != nil {
		return Manifest{}, err
	}
	if f, err = file(HeadFile); err != nil {
		return Manifest{}, err
	}
	if _, err := f.Write(SignHead(head, made, sign).Encode()); err != nil {
		return Manifest{}, err
	}
	m.Key, m.Signature = sign(toSign(ArchiveFormat, &m))
	if f, err = file(ManifestFile); err != nil {
		return Manifest{}, err
	}
	if _, err := f.Write(sheet(&m)); err != nil {
		return Manifest{}, err
	}
	return m, z.Close()
}

// writeEntries writes the lines and notes in m what they were.
func writeEntries(w io.Writer, m *Manifest, entries iter.Seq2[Entry, error]) (Head, error) {
	sum, used := sha256.New(), map[string]struct{}{}
	head := Head{Organisation: m.Organisation}
	var line []byte // reused
	for e, err := range entries {
		if err != nil {
			return head, err
		}
		if e.Organisation != m.Organisation {
			return head, fmt.Errorf("entry %d belongs to another organisation", e.Number)
		}
		if e.hash() != e.Hash {
			return head, fmt.Errorf("entry %d does not give the hash that it states", e.Number)
		}
		if f := e.follows(head); f != nil {
			return head, f
		}
		line = Append(line[:0], e)
		sum.Write(line)
		if _, err := w.Write(line); err != nil {
			return head, err
		}
		if e.Number == 1 {
			m.First = e.Hash
		}
		m.Size += int64(len(line))
		head, used[e.Key] = e.Head(), struct{}{}
	}
	if head.Number > 0 {
		m.Last = head.Hash
	}
	m.Count, m.Keys = head.Number, slices.Sorted(maps.Keys(used))
	m.Digest = hex.EncodeToString(sum.Sum(nil))
	return head, nil
}

// IsArchive reports whether a file that begins with these bytes (at least four) is an archive and not a bare ledger.
func IsArchive(begin []byte) bool { return bytes.HasPrefix(begin, []byte("PK\x03\x04")) }

// VerifyArchive verifies an archive of size bytes in constant memory: its manifest, its head and every entry. What is
// wrong with the archive is in the report, after what is wrong with its entries; the error is an accident of reading.
func VerifyArchive(r io.ReaderAt, size int64, trust Trust) (Report, error) {
	in := &watched{r: r}
	z, err := zip.NewReader(in, size)
	if in.err != nil {
		return Report{}, fmt.Errorf("ledger.VerifyArchive: %w", in.err)
	}
	report := Report{}
	if err != nil {
		report.Findings = append(report.Findings, *found(Archive, 0, "the archive is damaged: it is not a whole ZIP file"))
	} else if f := checkFiles(z); f != nil {
		report.Findings = append(report.Findings, *f)
	} else {
		report = verifyFiles(z, trust)
	}
	if in.err != nil {
		return report, fmt.Errorf("ledger.VerifyArchive: %w", in.err)
	}
	return report, nil
}

// watched tells accidents of reading from damage.
type watched struct {
	r   io.ReaderAt
	err error
}

func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	n, err := w.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

func checkFiles(z *zip.Reader) *Finding {
	want := []string{EntriesFile, HeadFile, ManifestFile}
	names := make([]string, 0, len(z.File))
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, want) {
		return found(Archive, 0, "the archive holds other files than %s", strings.Join(want, ", "))
	}
	return nil
}

func verifyFiles(z *zip.Reader, trust Trust) Report {
	var bad []Finding
	m, f := readManifest(z.File[2], trust)
	if f != nil {
		bad = append(bad, *f)
	} else if trust.Organisation == "" {
		trust.Organisation = m.Organisation
	}
	sealed := f == nil // the manifest can be believed
	own, f := readHead(z.File[1])
	switch {
	case f != nil:
		bad = append(bad, *f)
	case own.prove(trust.Keys) != nil:
		bad = append(bad, *found(Archive, 0, "%s was edited or signed by somebody else", HeadFile))
	case sealed && (own.Number != m.Count || own.Hash != m.Last || own.Organisation != m.Organisation):
		bad = append(bad, *found(Archive, 0, "%s is not the head that %s describes", HeadFile, ManifestFile))
	}

	v := NewVerifier(trust)
	sum := &counted{Hash: sha256.New()}
	damaged := func() bool {
		file, err := z.File[0].Open()
		if err != nil {
			return true
		}
		defer file.Close()
		return v.read(io.TeeReader(file, sum)) != nil
	}()
	if damaged {
		v.damaged()
	}
	if sealed {
		v.short(m)
	}
	report := v.Report()
	if sealed && !damaged {
		bad = append(bad, compare(m, v, sum)...)
	}
	report.Findings = append(report.Findings, bad...)
	return report
}

// damaged notes that the entries cannot be read further.
func (v *Verifier) damaged() {
	if n := v.head.Number + 1; v.done == nil && v.gap == nil {
		v.done = found(Edited, n, "the archive is damaged: from entry %d on it cannot be read", n)
	}
}

// short notes that a manifest that can be believed knows more entries than came.
func (v *Verifier) short(m Manifest) {
	if n := v.head.Number + 1; v.done == nil && v.gap == nil && m.Count > v.head.Number {
		v.done = found(CutOff, n, "entries are cut off from entry %d on: the manifest knows %d", n, m.Count)
	}
}

type counted struct {
	hash.Hash
	n int64
}

func (c *counted) Write(p []byte) (int, error) { c.n += int64(len(p)); return c.Hash.Write(p) }

// compare holds what was read against a manifest that can be believed.
func compare(m Manifest, v *Verifier, sum *counted) []Finding {
	var bad []Finding
	add := func(wrong bool, what string) {
		if wrong {
			bad = append(bad, *found(Archive, 0, "%s and %s do not belong together: %s", EntriesFile, ManifestFile, what))
		}
	}
	if v.done != nil || v.gap != nil {
		return nil // then the first wrong entry has been named, and all of these follow from it
	}
	add(m.Organisation != v.head.Organisation, "the organisation is another")
	add(m.Count != v.head.Number, "the number of entries is another")
	add(m.First != v.first, "the first entry is another")
	add(m.Last != v.head.Hash, "the last entry is another")
	add(m.Size != sum.n || m.Digest != hex.EncodeToString(sum.Sum(nil)), "the digest is another")
	add(!slices.Equal(m.Keys, slices.Sorted(maps.Keys(v.used))), "the keys are others")
	return bad
}

func readManifest(file *zip.File, trust Trust) (Manifest, *Finding) {
	b, err := readSmall(file)
	if err != nil {
		return Manifest{}, found(Archive, 0, "%s cannot be read: %v", ManifestFile, err)
	}
	var m Manifest
	if err := readSheet(b, &m); err != nil {
		return Manifest{}, found(Archive, 0, "%s was edited: %v", ManifestFile, err)
	}
	if m.Format != ArchiveFormat {
		return Manifest{}, found(Archive, 0, "%s is of the form %q, which this program does not know", ManifestFile, m.Format)
	}
	if s := proveSignature(trust.Keys, m.Key, toSign(ArchiveFormat, &m), m.Signature); s != "" {
		return Manifest{}, found(Archive, 0, "%s was edited or signed by somebody else: %s", ManifestFile, s)
	}
	if trust.Organisation != "" && m.Organisation != trust.Organisation {
		return Manifest{}, found(Foreign, 0, "the archive is that of another organisation (%s)", m.Organisation)
	}
	return m, nil
}

func readHead(file *zip.File) (Head, *Finding) {
	b, err := readSmall(file)
	if err != nil {
		return Head{}, found(Archive, 0, "%s cannot be read: %v", HeadFile, err)
	}
	h, err := ParseHead(b)
	if err != nil {
		return Head{}, found(Archive, 0, "%s was edited: %v", HeadFile, err)
	}
	return h, nil
}

func readSmall(file *zip.File) ([]byte, error) {
	f, err := file.Open()
	if err != nil {
		return nil, errors.New("it is damaged")
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return nil, errors.New("it is damaged")
	}
	if len(b) > maxManifest {
		return nil, errors.New("it is too long")
	}
	return b, nil
}
