package lrs

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Attachment is the data of one. Data §2.4.11
type Attachment struct {
	SHA2        string // as the sender says, in hexadecimal digits
	ContentType string // "" if the sender says nothing
	Length      string // of its part's Content-Length, "" if the sender says nothing
	Data        []byte
}

// attachment is how one is kept, once for all statements of an organisation that have it. Its id is the hash, in lower
// case. The size of a request bounds it far below that of a document.
type attachment struct {
	store.Meta  `bson:",inline"`
	ContentType string `bson:"contentType"`
	Data        []byte `bson:"data"`
	// Touched is when somebody sent it last, to half an hour; zero of what was stored before statements could be removed.
	Touched time.Time `bson:"touched"`
}

// touchEvery is how exactly Touched is kept.
const touchEvery = attachmentRest / 2

// parts are the attachments of a request, by hash in lower case.
type parts struct {
	data map[string]Attachment
	used map[string]bool
}

func newParts(list []Attachment) (*parts, error) {
	p := &parts{data: map[string]Attachment{}, used: map[string]bool{}}
	for _, a := range list {
		key := strings.ToLower(a.SHA2)
		if sha2(len(key), a.Data) != key {
			return nil, fault.New(fault.Invalid, "lrs.attachment_hash", "an attachment's data does not have the hash that its header names")
		}
		p.data[key] = a
	}
	return p, nil
}

// sha2 returns the SHA-2 with this many hexadecimal digits, or "".
func sha2(digits int, data []byte) string {
	var sum []byte
	switch digits {
	case 56:
		b := sha256.Sum224(data)
		sum = b[:]
	case 64:
		b := sha256.Sum256(data)
		sum = b[:]
	case 96:
		b := sha512.Sum384(data)
		sum = b[:]
	case 128:
		b := sha512.Sum512(data)
		sum = b[:]
	}
	return hex.EncodeToString(sum)
}

// match holds a statement's attachments against what came with it.
func (p *parts) match(st *xapi.Parsed) error {
	for _, m := range st.Attachments {
		key := strings.ToLower(m.SHA2)
		a, has := p.data[key]
		p.used[key] = true
		switch {
		case !has && (m.FileURL == "" || m.UsageType == xapi.SignatureUsage):
			return fault.New(fault.Invalid, "lrs.attachment_missing", "the data of the attachment %s is not in this request", key).With("sha2", key)
		// What a part's headers say must be what the statement says (Communication §1.5.2). The hash decides whether the
		// data is the right one: senders exist, the official conformance suite among them, whose length is another one.
		case has && a.Length != "" && a.Length != strconv.FormatInt(m.Length, 10), has && a.ContentType != "" && a.ContentType != m.ContentType:
			return fault.New(fault.Invalid, "lrs.attachment_hash", "the headers of the attachment %s do not say what the statement says", key).With("sha2", key)
		case has && m.UsageType == xapi.SignatureUsage:
			if err := st.VerifySignature(m, a.Data); err != nil {
				return fault.New(fault.Invalid, "lrs.signature", "the signature is not good: %s", err.Error()).Because(err)
			}
		}
	}
	return nil
}

// store keeps the data. It stays if the statements are then refused: nothing refers to it, and nobody can ask for it.
func (p *parts) store(ctx context.Context, s *Service, org string) error {
	for key := range p.data {
		if !p.used[key] {
			return fault.New(fault.Invalid, "lrs.attachment_excess", "a part of this request belongs to no statement in it")
		}
	}
	for key, a := range p.data {
		if err := s.keepAttachment(ctx, org, key, a); err != nil {
			return err
		}
	}
	return nil
}

// keepAttachment stores data, or says of data that is there that somebody needs it.
func (s *Service) keepAttachment(ctx context.Context, org, key string, a Attachment) error {
	now := s.now()
	for {
		err := s.attachments.Insert(ctx, org, attachment{Meta: store.Meta{ID: key}, ContentType: a.ContentType, Data: a.Data, Touched: now})
		if !errors.Is(err, store.ErrDuplicate) {
			return err
		}
		_, err = s.attachments.Update(ctx, org, key, func(d *attachment) error {
			if d.Touched.IsZero() || d.Touched.After(now.Add(-touchEvery)) {
				return store.ErrKeep
			}
			d.Touched = now
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			return err // else it was removed at this moment
		}
	}
}

// Attachments returns the data that is kept of the attachments of these statements, each once.
func (s *Service) Attachments(ctx context.Context, org string, statements ...Stored) ([]Attachment, error) {
	var list []Attachment
	seen := map[string]bool{}
	for _, st := range statements {
		p, err := xapi.Parse(st.Raw, xapi.V2)
		if err != nil {
			return nil, wrap("Attachments", err)
		}
		for _, m := range p.Attachments {
			key := strings.ToLower(m.SHA2)
			if seen[key] {
				continue
			}
			seen[key] = true
			a, err := s.attachments.Get(ctx, org, key)
			if errors.Is(err, store.ErrNotFound) {
				continue // it is at its fileUrl only
			}
			if err != nil {
				return nil, wrap("Attachments", err)
			}
			list = append(list, Attachment{SHA2: key, ContentType: a.ContentType, Data: a.Data})
		}
	}
	return list, nil
}
