package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// Part is one stored part of an unfinished upload.
type Part struct {
	Number int    // 1..MostParts
	Size   int64  // bytes
	ETag   string // without quotes
}

// Upload is an unfinished multipart upload.
type Upload struct {
	Key     string
	ID      string
	Started time.Time // UTC
}

// Begin starts a multipart upload and returns its id.
func (s *Store) Begin(ctx context.Context, key, contentType string) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	id, err := s.core.NewMultipartUpload(ctx, s.bucket, key, minio.PutObjectOptions{ContentType: contentType})
	if err != nil {
		return "", fmt.Errorf("blob.Begin %s: %w", key, translate(err))
	}
	return id, nil
}

// PutPart writes part number n of exactly size bytes in constant memory, replacing an earlier one of that number.
// sha256, in hexadecimal, is verified by the store before the part counts; empty means unverified. ErrChecksum,
// ErrShort, ErrFull, or ErrNotFound when the upload is finished or aborted.
func (s *Store) PutPart(ctx context.Context, key, upload string, n int, r io.Reader, size int64, sha256 string) (Part, error) {
	if err := CheckKey(key); err != nil {
		return Part{}, err
	}
	if n < 1 || n > MaxParts {
		return Part{}, fmt.Errorf("blob.PutPart %s: %w: number %d", key, ErrPart, n)
	}
	exact, err := announced(r, size)
	if err != nil {
		return Part{}, fmt.Errorf("blob.PutPart %s: %w", key, err)
	}
	p, err := s.core.PutObjectPart(ctx, s.bucket, key, upload, n, exact, size, minio.PutObjectPartOptions{
		Sha256Hex: sha256,
		// A signature on each chunk, as in Put, unless the checksum is given: the client would ignore it then.
		DisableContentSha256: s.server != nil || sha256 != "",
	})
	if exact.err != nil {
		return Part{}, fmt.Errorf("blob.PutPart %s: %w", key, exact.err)
	}
	if err != nil {
		return Part{}, fmt.Errorf("blob.PutPart %s: %w", key, translate(err))
	}
	return Part{Number: n, Size: size, ETag: strings.Trim(p.ETag, `"`)}, nil
}

// ListParts returns the parts that are stored, by number. ErrNotFound when the upload is finished or aborted.
func (s *Store) ListParts(ctx context.Context, key, upload string) ([]Part, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	var parts []Part
	for marker := 0; ; {
		page, err := s.core.ListObjectParts(ctx, s.bucket, key, upload, marker, 1000)
		if err != nil {
			return nil, fmt.Errorf("blob.ListParts %s: %w", key, translate(err))
		}
		for _, p := range page.ObjectParts {
			parts = append(parts, Part{Number: p.PartNumber, Size: p.Size, ETag: strings.Trim(p.ETag, `"`)})
		}
		if !page.IsTruncated || page.NextPartNumberMarker <= marker {
			break
		}
		marker = page.NextPartNumberMarker
	}
	// A store over a folder (versitygw) passes over parts that it has named and no longer finds, as when the upload is
	// completed meanwhile: a list of some of them would have the others sent again. It is asked whether the upload is still there.
	if _, err := s.core.ListObjectParts(ctx, s.bucket, key, upload, MaxParts, 1); err != nil {
		return nil, fmt.Errorf("blob.ListParts %s: %w", key, translate(err))
	}
	return parts, nil
}

// Complete makes the parts one object and returns what the store then holds. ErrPart when a part is missing or too
// small; ErrNotFound when the upload is aborted or was completed before (Stat tells which).
func (s *Store) Complete(ctx context.Context, key, upload string, parts []Part) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, err
	}
	if len(parts) == 0 {
		return Info{}, fmt.Errorf("blob.Complete %s: %w: none given", key, ErrPart)
	}
	var size int64
	list := make([]minio.CompletePart, len(parts))
	for i, p := range parts {
		list[i] = minio.CompletePart{PartNumber: p.Number, ETag: p.ETag}
		size += p.Size
	}
	if _, err := s.core.CompleteMultipartUpload(ctx, s.bucket, key, upload, list, minio.PutObjectOptions{}); err != nil {
		return Info{}, fmt.Errorf("blob.Complete %s: %w", key, translate(err))
	}
	// A store may answer while another request still assembles the object: only the object is proof.
	info, err := s.Stat(ctx, key)
	if err != nil {
		return Info{}, fmt.Errorf("blob.Complete: %w", err)
	}
	if info.Size != size {
		return Info{}, fmt.Errorf("blob.Complete %s: %w: %d bytes stored, %d sent", key, ErrShort, info.Size, size)
	}
	return info, nil
}

// Abort drops an unfinished upload and its parts. One that is not there is no error.
func (s *Store) Abort(ctx context.Context, key, upload string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := translate(s.core.AbortMultipartUpload(ctx, s.bucket, key, upload))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("blob.Abort %s: %w", key, err)
	}
	return nil
}

// Uploads yields the unfinished uploads of one key; stores differ in how they page and order longer lists, so this is
// for cleaning up behind an upload whose id was lost.
func (s *Store) Uploads(ctx context.Context, key string) iter.Seq2[Upload, error] {
	return func(yield func(Upload, error) bool) {
		page, err := s.core.ListMultipartUploads(ctx, s.bucket, key, "", "", "", 1000)
		if err != nil {
			yield(Upload{}, fmt.Errorf("blob.Uploads %s: %w", key, translate(err)))
			return
		}
		for _, u := range page.Uploads {
			if u.Key == key && !yield(Upload{Key: u.Key, ID: u.UploadID, Started: u.Initiated.UTC()}, nil) {
				return
			}
		}
	}
}
