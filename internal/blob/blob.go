// Package blob keeps the bytes of the house: videos, captions, attachments, exports.
//
// There is one way to the bytes, the S3 protocol, spoken by MinIO's client. An installation points it at any S3 server;
// without one, Open starts an S3 server over a folder inside this process and speaks to it through a private socket. So
// what works with the embedded default works with a cloud, and the other way round.
//
// The rules that keep it so: keys are made of letters, digits, `.`, `_`, `-` and `/`; no key is a folder of another
// (a folder on disk cannot also be a file); nothing that only one server has is used (notifications, lifecycle rules).
// What is acknowledged is on disk: the embedded server syncs each object, each part and the folders that name them
// before it answers.
package blob

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// What callers compare. Everything else that comes back from a Store is an accident.
var (
	ErrNotFound = errors.New("blob: no such object or upload")
	ErrFull     = errors.New("blob: no space left")
	ErrChecksum = errors.New("blob: the bytes do not match their checksum")
	ErrShort    = errors.New("blob: fewer or more bytes than announced")
	ErrRange    = errors.New("blob: range outside the object")
	ErrPart     = errors.New("blob: parts missing, too small or out of order")
	ErrKey      = errors.New("blob: not a valid key")
)

// MinPart is the least size in bytes of every part of a multipart upload but the last (the S3 protocol's limit).
const MinPart = 5 << 20

// MaxParts is the greatest part number (the S3 protocol's limit).
const MaxParts = 10000

// folderParts is how many parts an object of the embedded store may be made of. It keeps where each begins in an attribute of the
// file, and on ext4 all attributes of a file share 4 KiB.
const folderParts = 500

// MaxPut is the greatest object in bytes that Put can write in one request (the S3 protocol's limit).
const MaxPut = 5 << 30

// Config says where the objects are.
type Config struct {
	Endpoint  string // URL of an S3 server, e.g. "https://s3.example.org"; empty: the embedded server over Folder
	AccessKey string // only with Endpoint
	SecretKey string // only with Endpoint
	Bucket    string // created when missing; empty: "palestra"
	Region    string // empty: "us-east-1"
	PublicURL string // where browsers reach Endpoint themselves; empty: they do not, the API streams

	Folder  string // of the embedded server; created when missing
	MinFree int64  // bytes that the embedded server leaves free on its disk; beyond, Room answers ErrFull
}

// Store reads and writes objects of one bucket. It is safe for use by many goroutines.
type Store struct {
	core    *minio.Core
	public  *minio.Client // signs what browsers ask for; nil when they cannot reach the store
	bucket  string
	server  *server // the embedded server; nil with a server elsewhere
	minFree int64
	idle    func() // closes the connections that wait for another request
}

// Open connects to the S3 server of the configuration, or starts the embedded one, and makes the bucket if it is
// missing. It fails when the server cannot be reached or refuses the keys.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Bucket == "" {
		c.Bucket = "palestra"
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	host, secure, transport := "palestra.internal", false, plainTransport()
	s := &Store{bucket: c.Bucket, minFree: c.MinFree, idle: transport.CloseIdleConnections}
	if c.Endpoint == "" {
		srv, err := serveFolder(ctx, c.Folder, c.Region)
		if err != nil {
			return nil, fmt.Errorf("blob.Open: %w", err)
		}
		s.server = srv
		c.AccessKey, c.SecretKey = srv.access, srv.secret
		transport.DialContext = srv.dial
		transport.Proxy = nil
	} else {
		u, err := parseEndpoint(c.Endpoint)
		if err != nil {
			return nil, fmt.Errorf("blob.Open: %w", err)
		}
		host, secure = u.Host, u.Scheme == "https"
	}
	options := minio.Options{
		Creds:        credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:       secure,
		Transport:    transport,
		Region:       c.Region,
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   3,
	}
	var err error
	if s.core, err = minio.NewCore(host, &options); err != nil {
		return nil, errors.Join(fmt.Errorf("blob.Open: %w", err), s.Close())
	}
	if c.PublicURL != "" && s.server == nil {
		u, err := parseEndpoint(c.PublicURL)
		if err != nil {
			return nil, fmt.Errorf("blob.Open: %w", err)
		}
		options.Secure = u.Scheme == "https"
		if s.public, err = minio.New(u.Host, &options); err != nil {
			return nil, fmt.Errorf("blob.Open: %w", err)
		}
	}
	if err := s.makeBucket(ctx, c.Region); err != nil {
		return nil, errors.Join(fmt.Errorf("blob.Open: bucket %s: %w", c.Bucket, err), s.Close())
	}
	return s, nil
}

// Close stops the embedded server after the requests in hand. A store elsewhere needs no closing.
func (s *Store) Close() error {
	s.idle()
	if s.server == nil {
		return nil
	}
	return s.server.close()
}

// Check reports whether the store answers and has its bucket, for readiness. It is ErrFull when less than the minimum is free.
func (s *Store) Check(ctx context.Context) error {
	ok, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("blob.Check: %w", translate(err))
	}
	if !ok {
		return fmt.Errorf("blob.Check: %w: bucket %s", ErrNotFound, s.bucket)
	}
	return s.Room(0)
}

// Room returns ErrFull when writing so many bytes more would leave less than the minimum free on the disk of the
// embedded server. Of a server elsewhere nothing is known, and the answer is nil: it refuses by itself.
func (s *Store) Room(bytes int64) error {
	free, _, ok := s.Space()
	if ok && free-bytes < s.minFree {
		return fmt.Errorf("blob.Room: %w: %d bytes free, %d wanted, %d to be kept", ErrFull, free, bytes, s.minFree)
	}
	return nil
}

// Space returns how many bytes are free and how many there are on the disk of the embedded server; ok is false when
// that cannot be known.
func (s *Store) Space() (free, total int64, ok bool) {
	if s.server == nil {
		return 0, 0, false
	}
	return diskSpace(s.server.folder)
}

// Embedded reports whether the objects are in a folder of this process. Then every upload needs twice its size for a
// moment, while the parts become one file.
func (s *Store) Embedded() bool { return s.server != nil }

// MostParts returns of how many parts an object of this store may be made.
func (s *Store) MostParts() int {
	if s.Embedded() {
		return folderParts
	}
	return MaxParts
}

// Reachable reports whether browsers reach the store themselves, by presigned URLs.
func (s *Store) Reachable() bool { return s.public != nil }

func (s *Store) makeBucket(ctx context.Context, region string) error {
	ok, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil || ok {
		return translate(err)
	}
	err = s.core.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: region})
	if code := minio.ToErrorResponse(err).Code; code == "BucketAlreadyOwnedByYou" {
		return nil // another process was quicker
	}
	return translate(err)
}

func parseEndpoint(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("%q is not the address of an S3 server: want http(s)://host[:port]", raw)
	}
	return u, nil
}

func plainTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 10 * time.Minute, // completing a 20 GB upload over a folder copies it
		DisableCompression:    true,             // a compressed answer would hide the length of the object
	}
}

var validKey = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)

// CheckKey returns ErrKey for a key that not every store can hold.
func CheckKey(key string) error {
	if len(key) > 512 || !validKey.MatchString(key) {
		return fmt.Errorf("%w: %.80q", ErrKey, key)
	}
	return nil
}

// translate turns what the client reports into the errors of this package; the rest stays as it is.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return err
	}
	switch r.Code {
	case "NoSuchKey", "NoSuchUpload", "NoSuchBucket", "NotFound":
		return fmt.Errorf("%w: %s", ErrNotFound, r.Code)
	case "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "EntityTooLarge":
		return fmt.Errorf("%w: %s", ErrFull, r.Code)
	case "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "InvalidDigest", "InvalidChecksum":
		return fmt.Errorf("%w: %s", ErrChecksum, r.Code)
	case "IncompleteBody", "MissingContentLength":
		return fmt.Errorf("%w: %s", ErrShort, r.Code)
	case "InvalidRange":
		return fmt.Errorf("%w: %s", ErrRange, r.Code)
	case "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML":
		return fmt.Errorf("%w: %s", ErrPart, r.Code)
	}
	return err
}
