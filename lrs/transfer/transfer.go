// Package transfer carries whole record stores: out, as an archive that another store can take in, or as a table with the
// columns that somebody chose; and in, from such an archive, from lines of JSON, or from a table that holds statements.
//
// An archive is a tar stream of records.json, then parts: the attachments that the statements of a part need, the
// statements themselves, one in a line as the store answers them, and what other stores said of them; then documents
// (states and profiles); last end.json, without which an archive is not whole. Everything is written and read in constant
// memory. Importing again changes nothing: statements and documents have ids.
//
// What is imported is stored now and in the name of the import, as the standard demands of a store; what the store before
// said of time and authority is kept beside it (flow.Origin).
package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs"
	"palestra/lrs/flow"
)

// Format names the archive's form.
const Format = "palestra-records/1"

const (
	head      = "records.json"
	end       = "end.json"
	inFolder  = "statements/"
	ofOthers  = "origins/"
	attached  = "attachments/"
	documents = "documents/"
	typeKey   = "PALESTRA.contentType" // of attachments, as a PAX record

	partLines = 500
	partBytes = 4 << 20  // after which a part ends
	maxPart   = 64 << 20 // of what is read of one
	maxLine   = 24 << 20 // bytes: a document of 15 MiB in base64
)

// Config is what the package needs. Objects and Bell may be missing where no imports wait.
type Config struct {
	DB       *store.DB
	Records  *lrs.Service
	Flows    *flow.Service
	Now      func() time.Time
	NewID    func() string
	Log      *slog.Logger
	Objects  Objects
	PartSize int64 // of files that arrive in parts; 0: 16 MiB
	Bell     func(ctx context.Context, org, id string) error
}

// Objects keep files until they have been imported.
type Objects interface {
	// Save keeps exactly size bytes.
	Save(ctx context.Context, key string, r io.Reader, size int64) error
	// Open reads them from the beginning.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Remove forgets them; that there are none is no error.
	Remove(ctx context.Context, key string) error
}

// Service carries stores. It is safe for use by many goroutines.
type Service struct {
	c       Config
	imports *store.Town[Import]
}

// New returns the service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Records == nil || c.Flows == nil || c.Now == nil || c.NewID == nil || c.Log == nil {
		return nil, errors.New("transfer.New: DB, Records, Flows, Now, NewID and Log are needed")
	}
	imports, err := store.NewTown[Import](c.DB, "lrs-imports", 1, store.On("byTime", store.Time("created")), store.On("due", store.Time("due")).AsSparse().AsAcross())
	return &Service{c: c, imports: imports}, err
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("transfer.%s: %w", where, err)
}

// Summary is what an archive holds, and its end.
type Summary struct {
	Format      string    `json:"format"`
	Made        time.Time `json:"made"`
	Head        int64     `json:"head"` // number of the last statement
	Statements  int64     `json:"statements"`
	Attachments int64     `json:"attachments"` // those that several parts need, several times
	Documents   int64     `json:"documents"`
}

// said is a line of origins.
type said struct {
	ID        string          `json:"id"`
	From      string          `json:"from,omitempty"`
	Stored    *time.Time      `json:"stored,omitempty"`
	Authority json.RawMessage `json:"authority,omitempty"`
}

// kept is a line of documents.
type kept struct {
	ID          string    `json:"id"`
	Contexts    [][]byte  `json:"contexts"`
	Activity    string    `json:"activity,omitempty"`
	Registered  string    `json:"registration,omitempty"`
	Name        string    `json:"name"`
	ContentType string    `json:"contentType"`
	Updated     time.Time `json:"updated"`
	Data        []byte    `json:"data"`
}
