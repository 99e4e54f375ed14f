package lrs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"slices"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Resource is one of the three that keep documents. Communication §2.2
type Resource byte

// The resources. They are in the hashes on disk: never change them.
const (
	States           Resource = 's'
	AgentProfiles    Resource = 'a'
	ActivityProfiles Resource = 'c'
)

// DocumentKey says which document is meant; without a Name, all of that context.
type DocumentKey struct {
	Resource     Resource
	Activity     string // IRI; "" of agent profiles
	Agent        string // xapi.Identity; "" of activity profiles
	Registration string // UUID; only of states, and "" where none was named
	Name         string // stateId or profileId
}

// Document is what clients keep here for themselves: any bytes.
type Document struct {
	ContentType string
	Data        []byte
	ETag        string // with its quotes
	Updated     time.Time
}

// Condition is what a request demands of what is stored: nothing if both are empty. RFC 9110 §13.1, Communication §3.1
type Condition struct {
	Match     []string // If-Match: entity tags without their quotes, or *
	NoneMatch []string // If-None-Match: likewise
}

// document is how one is kept. Its id is a hash of its key. Large contents are apart, so that listing names costs what
// it returns.
type document struct {
	store.Meta  `bson:",inline"`
	Contexts    [][]byte  `bson:"contexts"`           // what lists it: hashes of its key without the name
	Activity    string    `bson:"activity,omitempty"` // what it is about, for whoever asks what is kept of her
	Registered  string    `bson:"registered,omitempty"`
	Name        string    `bson:"name"`
	ContentType string    `bson:"contentType"`
	Data        []byte    `bson:"data"`
	Apart       string    `bson:"apart"` // id of the contents when they are large; "": Data
	Digest      []byte    `bson:"digest"`
	Updated     time.Time `bson:"updated"`
}

// contents are those of a large document. Their id begins with that of the document; they are never changed.
type contents struct {
	store.Meta `bson:",inline"`
	Data       []byte    `bson:"data"`
	Made       time.Time `bson:"made"`
}

const (
	inline      = 16 << 10  // bytes of contents that are kept in the document itself
	orphanAfter = time.Hour // contents that no document has pointed to for so long were left by a process that died
	documentTry = 100
	maxName     = 2048 // bytes of a stateId or profileId
)

// documents are the collections behind the three resources.
type documents struct {
	heads *store.Town[document]
	apart *store.Town[contents]
	locks [64]sync.Mutex // by document: writers of one take turns in this process; other processes are met by revisions
}

func openDocuments(db *store.DB) (*documents, error) {
	var errs [2]error
	d := &documents{}
	d.heads, errs[0] = store.NewTown[document](db, "lrs-documents", 1, store.On("byContext", store.Bytes("contexts").Each(), store.Time("updated")))
	d.apart, errs[1] = store.NewTown[contents](db, "lrs-document-contents", 1)
	return d, errors.Join(errs[:]...)
}

// hash is a digest of what a document belongs to.
func (k DocumentKey) hash(kind byte, parts ...string) []byte {
	h := sha256.New()
	h.Write([]byte{byte(k.Resource), kind})
	for _, p := range parts {
		h.Write(binary.AppendUvarint(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

func (k DocumentKey) id() string {
	return base64.RawURLEncoding.EncodeToString(k.hash('d', k.Activity, k.Agent, k.Registration, k.Name))
}

// context is what a request without a name lists. A registration narrows it; without one, states of all registrations
// are meant. Communication §2.3
func (k DocumentKey) context() []byte {
	if k.Registration != "" {
		return k.hash('r', k.Activity, k.Agent, k.Registration)[:16]
	}
	return k.hash('w', k.Activity, k.Agent)[:16]
}

// contexts returns all that a document is listed under, its agent among them.
func (k DocumentKey) contexts() [][]byte {
	wide := k
	wide.Registration = ""
	list := [][]byte{wide.context()}
	if k.Registration != "" {
		list = append(list, k.context())
	}
	if k.Agent != "" && k.Activity != "" {
		list = append(list, k.hash('p', k.Agent)[:16])
	}
	return list
}

// allowDocument decides whether a credential may read, or write, what the key names.
func (s *Service) allowDocument(org string, by Credential, k DocumentKey, write bool) error {
	scopes := []Scope{WriteProfile}
	if k.Resource == States {
		scopes = []Scope{WriteState}
	}
	if !write {
		scopes = append(scopes, ReadEverything)
	}
	if err := by.must(org, scopes...); err != nil {
		return err
	}
	if by.browser != nil {
		return by.browser.allowState(s.c.PublicURL, k)
	}
	return nil
}

// allowState refuses the state of anybody or anything else.
func (b *browser) allowState(home string, k DocumentKey) error {
	switch {
	case k.Agent != xapi.Identity(home, b.Account):
		return notYours("agent")
	case k.Registration != b.Registration:
		return notYours("registration")
	case k.Activity != b.Course && !strings.HasPrefix(k.Activity, b.Course+"/"):
		return notYours("activity")
	}
	return nil
}

func (k DocumentKey) check() error {
	switch {
	case k.Name == "":
		return errors.New("lrs: a document's name is missing")
	case len(k.Name) > maxName:
		return tooLarge()
	}
	return nil
}

func noDocument(k DocumentKey) error {
	return fault.New(fault.NotFound, "lrs.document_not_found", "there is no such document").With("name", k.Name)
}

// Document returns one. Faults: lrs.scope, lrs.organisation, lrs.not_yours, lrs.document_not_found
func (s *Service) Document(ctx context.Context, org string, by Credential, k DocumentKey) (Document, error) {
	if err := s.allowDocument(org, by, k, false); err != nil {
		return Document{}, err
	}
	for range documentTry {
		d, err := s.documents.heads.Get(ctx, org, k.id())
		if errors.Is(err, store.ErrNotFound) {
			return Document{}, noDocument(k)
		}
		if err != nil {
			return Document{}, wrap("Document", err)
		}
		data, err := s.contentsOf(ctx, org, d)
		if errors.Is(err, store.ErrNotFound) {
			continue // replaced meanwhile
		}
		if err != nil {
			return Document{}, wrap("Document", err)
		}
		return Document{ContentType: d.ContentType, Data: data, ETag: `"` + hex.EncodeToString(d.Digest) + `"`, Updated: d.Updated}, nil
	}
	return Document{}, wrap("Document", store.ErrConflict)
}

func (s *Service) contentsOf(ctx context.Context, org string, d document) ([]byte, error) {
	if d.Apart == "" {
		return d.Data, nil
	}
	c, err := s.documents.apart.Get(ctx, org, d.Apart)
	return c.Data, err
}

// DocumentNames returns the names of the documents of a context that were stored after since (a zero time: all), each
// once, and when the newest of them was stored. Communication §2.3, §2.6, §2.7
func (s *Service) DocumentNames(ctx context.Context, org string, by Credential, k DocumentKey, since time.Time) (names []string, newest time.Time, err error) {
	if err := s.allowDocument(org, by, k, false); err != nil {
		return nil, newest, err
	}
	q := store.Query{Index: "byContext", Equal: []any{k.context()}, Limit: store.MaxLimit}
	if !since.IsZero() {
		q.From = since.UTC().Truncate(time.Millisecond).Add(time.Millisecond)
	}
	names, seen := []string{}, map[string]bool{}
	err = s.documents.heads.Each(ctx, org, q, func(d document) error {
		if d.Updated.After(newest) {
			newest = d.Updated
		}
		if !seen[d.Name] {
			seen[d.Name] = true
			names = append(names, d.Name)
		}
		return nil
	})
	return names, newest, wrap("DocumentNames", err)
}

// PutDocument stores a document, in place of one that is there. Faults: lrs.scope, lrs.organisation, lrs.not_yours,
// lrs.too_large, lrs.document_json, lrs.precondition, lrs.unconditional, lrs.condition_missing. Communication §2.2, §3.1
func (s *Service) PutDocument(ctx context.Context, org string, by Credential, v xapi.Version, k DocumentKey, d Document, when Condition) error {
	if d.isJSON() && !json.Valid(d.Data) {
		return notJSON("its content type says that it is JSON, and it is not")
	}
	return s.writeDocument(ctx, org, by, k, func(was *document, _ []byte) (Document, error) {
		switch {
		case len(when.Match)+len(when.NoneMatch) > 0:
			return d, when.check(was)
		case was != nil && (v != xapi.V1 || k.Resource != States):
			return d, fault.New(fault.Conflict, "lrs.unconditional",
				"this document exists already: look at its present state (GET) and send the entity tag of what you have seen in the header If-Match")
		case v == xapi.V1 && k.Resource != States:
			return d, fault.New(fault.Invalid, "lrs.condition_missing",
				"a profile is stored with the header If-Match (the entity tag of what you have seen) or If-None-Match (* for a new one)").With("clause", "Communication §3.1")
		}
		return d, nil
	})
}

// PostDocument stores a new document, or merges the top-level members of a JSON object into one that is there. Faults:
// those of PutDocument, lrs.document_merge. Communication §2.2
func (s *Service) PostDocument(ctx context.Context, org string, by Credential, k DocumentKey, d Document, when Condition) error {
	if d.isJSON() && !isObject(d.Data) {
		return notJSON("its content type says that it is JSON, and it is no JSON object")
	}
	return s.writeDocument(ctx, org, by, k, func(was *document, old []byte) (Document, error) {
		if err := when.check(was); err != nil || was == nil {
			return d, err
		}
		before := Document{ContentType: was.ContentType, Data: old}
		if !d.isJSON() || !before.isJSON() {
			return d, cannotMerge()
		}
		merged, err := xapi.MergeObjects(old, d.Data)
		if err != nil {
			return d, cannotMerge()
		}
		return Document{ContentType: d.ContentType, Data: merged}, nil
	})
}

func notJSON(why string) error {
	return fault.New(fault.Invalid, "lrs.document_json", "the document: %s", why).With("clause", "Communication §2.2")
}

func cannotMerge() error {
	return fault.New(fault.Invalid, "lrs.document_merge", "a document can be merged only into one that is there if both are JSON objects with the content type application/json").
		With("clause", "Communication §2.2")
}

func (d Document) isJSON() bool {
	media, _, err := mime.ParseMediaType(d.ContentType)
	return err == nil && media == "application/json"
}

func isObject(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) && json.Valid(data)
}

// check holds a condition against what is there (nil: nothing). RFC 9110 §13.2.2
func (c Condition) check(was *document) error {
	has := func(tags []string) bool {
		if was == nil {
			return false
		}
		tag := hex.EncodeToString(was.Digest)
		return slices.ContainsFunc(tags, func(t string) bool { return t == "*" || strings.EqualFold(t, tag) })
	}
	if len(c.Match) > 0 && !has(c.Match) || len(c.NoneMatch) > 0 && has(c.NoneMatch) {
		return fault.New(fault.Stale, "lrs.precondition", "the document is not what the request's If-Match or If-None-Match expects; nothing was changed")
	}
	return nil
}

// writeDocument stores what change makes of the document that is there (nil: none) and of its contents. change is called
// again when somebody else wrote in between.
func (s *Service) writeDocument(ctx context.Context, org string, by Credential, k DocumentKey, change func(was *document, old []byte) (Document, error)) error {
	if err := errors.Join(s.allowDocument(org, by, k, true), k.check()); err != nil {
		return err
	}
	lock := &s.documents.locks[k.hash('l', k.Activity, k.Agent, k.Registration, k.Name)[0]%64]
	lock.Lock()
	defer lock.Unlock()
	for range documentTry {
		err := s.tryDocument(ctx, org, k, change)
		if !errors.Is(err, errMoved) {
			return wrap("writeDocument", err)
		}
	}
	return wrap("writeDocument", store.ErrConflict)
}

// errMoved says that somebody else wrote in between.
var errMoved = errors.New("lrs: the document has changed")

func (s *Service) tryDocument(ctx context.Context, org string, k DocumentKey, change func(was *document, old []byte) (Document, error)) error {
	id := k.id()
	was, err := s.documents.heads.Get(ctx, org, id)
	there := err == nil
	var old []byte
	var before *document
	if there {
		before = &was
		old, err = s.contentsOf(ctx, org, was)
		if errors.Is(err, store.ErrNotFound) {
			return errMoved
		}
	} else if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return err
	}
	d, err := change(before, old)
	if err != nil {
		return err
	}
	if len(d.Data) > s.c.Limits.Document {
		return tooLarge()
	}
	next, err := s.prepare(ctx, org, id, k, d)
	if err != nil {
		return err
	}
	if there {
		_, err = s.documents.heads.Update(ctx, org, id, func(now *document) error {
			if now.Rev != was.Rev {
				return errMoved
			}
			meta := now.Meta
			*now = next
			now.Meta = meta
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			err = errMoved
		}
	} else if err = s.documents.heads.Insert(ctx, org, next); errors.Is(err, store.ErrDuplicate) {
		err = errMoved
	}
	if err != nil {
		return errors.Join(err, s.dropContents(ctx, org, next.Apart))
	}
	return s.dropContents(ctx, org, was.Apart)
}

// prepare makes the document that is to be stored, with its contents stored already if they are large.
func (s *Service) prepare(ctx context.Context, org, id string, k DocumentKey, d Document) (document, error) {
	digest := sha1.Sum(d.Data)
	next := document{Meta: store.Meta{ID: id}, Contexts: k.contexts(), Activity: k.Activity, Registered: k.Registration, Name: k.Name, ContentType: cmp.Or(d.ContentType, "application/octet-stream"),
		Data: d.Data, Digest: digest[:], Updated: s.now()}
	if len(d.Data) <= inline {
		return next, nil
	}
	if err := s.sweepContents(ctx, org, id); err != nil {
		return next, err
	}
	next.Data, next.Apart = nil, id+"/"+s.c.NewID()
	return next, s.documents.apart.Insert(ctx, org, contents{Meta: store.Meta{ID: next.Apart}, Data: d.Data, Made: next.Updated})
}

// sweepContents removes contents of this document that a process left behind when it died.
func (s *Service) sweepContents(ctx context.Context, org, id string) error {
	q := store.Query{From: id + "/", To: id + "0", Limit: 2} // the present ones, and sometimes one that is just being written
	p, err := s.documents.apart.Find(ctx, org, q)
	if err != nil || len(p.Docs) < 2 {
		return err
	}
	d, err := s.documents.heads.Get(ctx, org, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for _, c := range p.Docs {
		if c.ID != d.Apart && c.Made.Before(s.now().Add(-orphanAfter)) {
			if err := s.dropContents(ctx, org, c.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) dropContents(ctx context.Context, org, id string) error {
	if id == "" {
		return nil
	}
	if err := s.documents.apart.Delete(ctx, org, id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// DeleteDocument removes a document. That there is none is no error, unless the condition says so. Faults: lrs.scope,
// lrs.organisation, lrs.not_yours, lrs.precondition
func (s *Service) DeleteDocument(ctx context.Context, org string, by Credential, k DocumentKey, when Condition) error {
	if err := errors.Join(s.allowDocument(org, by, k, true), k.check()); err != nil {
		return err
	}
	var apart string
	err := s.documents.heads.DeleteIf(ctx, org, k.id(), func(d *document) error {
		apart = d.Apart
		return when.check(d)
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return when.check(nil)
	case err != nil:
		return wrap("DeleteDocument", err)
	}
	return wrap("DeleteDocument", s.dropContents(ctx, org, apart))
}

// DeleteDocuments removes all states of a context. Faults: lrs.scope, lrs.organisation, lrs.not_yours. Communication §2.3
func (s *Service) DeleteDocuments(ctx context.Context, org string, by Credential, k DocumentKey) error {
	if err := s.allowDocument(org, by, k, true); err != nil {
		return err
	}
	q := store.Query{Index: "byContext", Equal: []any{k.context()}, Limit: store.MaxLimit}
	err := s.documents.heads.Each(ctx, org, q, func(d document) error {
		err := s.documents.heads.Delete(ctx, org, d.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil // somebody else did
		}
		if err != nil {
			return err
		}
		return s.dropContents(ctx, org, d.Apart)
	})
	return wrap("DeleteDocuments", err)
}
