package blob

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// PresignPart returns a URL to which a browser may PUT part n until ttl (at most seven days) has passed. It fails
// unless the store is Reachable.
func (s *Store) PresignPart(ctx context.Context, key, upload string, n int, ttl time.Duration) (string, error) {
	if n < 1 || n > MaxParts {
		return "", fmt.Errorf("blob.PresignPart %s: %w: number %d", key, ErrPart, n)
	}
	return s.presign(ctx, http.MethodPut, key, ttl, url.Values{
		"uploadId":   {upload},
		"partNumber": {strconv.Itoa(n)},
	})
}

// PresignGet returns a URL from which a browser may read the object until ttl (at most seven days) has passed. It
// fails unless the store is Reachable.
func (s *Store) PresignGet(ctx context.Context, key string, ttl time.Duration) (string, error) {
	return s.presign(ctx, http.MethodGet, key, ttl, nil)
}

func (s *Store) presign(ctx context.Context, method, key string, ttl time.Duration, q url.Values) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	if s.public == nil {
		return "", fmt.Errorf("blob: browsers do not reach this store: %s", key)
	}
	u, err := s.public.Presign(ctx, method, s.bucket, key, ttl, q)
	if err != nil {
		return "", fmt.Errorf("blob: presign %s: %w", key, err)
	}
	return u.String(), nil
}
