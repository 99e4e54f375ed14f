package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"time"

	"palestra/bootcamp/discussion"
	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/id"
)

// buildTalks makes the room of discussions.
func (a *app) buildTalks() (err error) {
	key := a.keys.Secret("letters of discussions")
	a.talks, err = discussion.New(discussion.Config{DB: a.db, Cohorts: a.bootcamps, Practices: a.practices, Courses: a.course, People: a.people, Mail: a.post,
		Objects: &roomFiles{a.objects}, Now: a.now, NewID: id.New, NewName: id.Random, PublicURL: a.cfg.PublicURL, Say: a.texts.T, Log: a.log,
		Secret: func(who string) string {
			h := hmac.New(sha256.New, key)
			h.Write([]byte(who))
			return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
		},
		Ring: func(ctx context.Context, org, post string) {
			if err := a.worker.Ring(ctx, bellTalk, org, post, time.Time{}); err != nil {
				a.log.Warn("bell not rung; the sweep will", "kind", bellTalk, "error", err)
			}
		}})
	return err
}

// roomFiles keeps files that people send to rooms among the objects.
type roomFiles struct{ objects *blob.Store }

// Save implements attachment.Objects.
func (f *roomFiles) Save(ctx context.Context, key string, r io.Reader, size int64) error {
	_, err := f.objects.Put(ctx, key, r, size, "application/octet-stream")
	switch {
	case errors.Is(err, blob.ErrFull):
		return fault.New(fault.Full, "server.full", "the disk of this installation is nearly full: what is there can be read, nothing new can be saved").Because(err)
	case errors.Is(err, blob.ErrShort), errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Invalid, "attachment.short", "the file is empty or did not arrive whole").Because(err)
	}
	return err
}

// Open implements attachment.Objects.
func (f *roomFiles) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, _, err := f.objects.Get(ctx, key, 0, -1)
	return r, err
}

// Remove implements attachment.Objects.
func (f *roomFiles) Remove(ctx context.Context, key string) error {
	err := f.objects.Delete(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	return err
}
