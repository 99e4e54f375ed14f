// Package id makes the names of things: random, so that nobody can guess a neighbour's, and short enough to be read
// aloud where people must.
package id

import (
	"crypto/rand"
	"encoding/base64"

	"github.com/google/uuid"
)

// New returns a UUIDv7 (RFC 9562 §5.7): sortable by the millisecond in which it was made, 74 random bits.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Random returns a UUIDv4 (RFC 9562 §5.4): 122 random bits and nothing about when it was made. Names of xAPI actors
// are of this sort.
func Random() string { return uuid.New().String() }

// Secret returns 256 random bits in base64url without padding (43 characters), for links and cookies.
func Secret() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
