// Package attachmenttest keeps the bytes of files in memory, for the tests of rooms to which files are sent.
package attachmenttest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"palestra/internal/fault"
)

// Objects implement attachment.Objects.
type Objects struct {
	mu   sync.Mutex
	data map[string][]byte // guarded by mu
}

// New returns a store without objects.
func New() *Objects { return &Objects{data: map[string][]byte{}} }

// Save implements attachment.Objects.
func (o *Objects) Save(_ context.Context, key string, r io.Reader, size int64) error {
	b, err := io.ReadAll(r)
	if err == nil && int64(len(b)) != size {
		err = fault.New(fault.Invalid, "attachment.short", "short")
	}
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.data[key] = b
	return nil
}

// Open implements attachment.Objects.
func (o *Objects) Open(_ context.Context, key string) (io.ReadCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b, ok := o.data[key]
	if !ok {
		return nil, errors.New("attachmenttest: no such object")
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Remove implements attachment.Objects.
func (o *Objects) Remove(_ context.Context, key string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.data, key)
	return nil
}

// Len returns how many objects there are.
func (o *Objects) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.data)
}
