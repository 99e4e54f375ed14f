package blob_test

import (
	"strings"
	"testing"

	"palestra/internal/blob"
	"palestra/internal/blob/blobtest"
	"palestra/internal/servicestest"
)

func TestEmbedded(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, blobtest.Open)
}

func TestMinio(t *testing.T) {
	t.Parallel()
	elsewhere(t, servicestest.Minio(t))
}

func TestVersitygw(t *testing.T) {
	t.Parallel()
	elsewhere(t, servicestest.Versitygw(t))
}

func elsewhere(t *testing.T, s *servicestest.S3Server) {
	blobtest.Run(t, func(tb testing.TB) *blob.Store {
		return blobtest.OpenConfig(tb, blob.Config{
			Endpoint:  s.Endpoint,
			AccessKey: s.AccessKey,
			SecretKey: s.SecretKey,
			PublicURL: s.Endpoint,
			Bucket:    bucketName(tb.Name()),
		})
	})
}

func bucketName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	if len(clean) > 60 {
		clean = clean[:60]
	}
	return strings.Trim(clean, "-")
}
