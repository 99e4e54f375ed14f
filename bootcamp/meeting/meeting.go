// Package meeting leads people from a session's room to sound and picture: to a Jitsi, a BigBlueButton or a LiveKit server
// that the installation names. It decides nothing about who may come; each adapter only signs, as its server wants it, what
// the room has decided. When people came and went there is read from what LiveKit and BigBlueButton report, if their
// signatures are good.
package meeting

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"time"
)

// Guest is who joins which room.
type Guest struct {
	Room  string // name that nobody guesses
	Title string
	Who   string // her name in the room's events, not her person
	Name  string // as others see it
	Leads bool
}

// lives is how long a token or a link to join is good.
const lives = 6 * time.Hour

// Jitsi joins a Jitsi Meet. Without a secret everybody who knows the name of a room may come in; it follows from Key, so
// that nobody can guess it.
type Jitsi struct {
	URL    string // https://meet.example.org
	App    string // application id, with Secret
	Secret string // "" for a server without tokens
	Key    []byte // from which names of rooms follow
	Now    func() time.Time
}

// Join returns where the guest goes.
func (j Jitsi) Join(_ context.Context, g Guest) (string, error) {
	h := hmac.New(sha256.New, j.Key)
	h.Write([]byte(g.Room))
	room := "palestra-" + hex.EncodeToString(h.Sum(nil)[:12])
	address := strings.TrimRight(j.URL, "/") + "/" + room
	if j.Secret == "" {
		return address, nil
	}
	now := j.Now()
	// sub is the domain by which the server knows itself, or the tenant: that of its address need not be it. The room says enough.
	token, err := sign(j.Secret, map[string]any{"aud": j.App, "iss": j.App, "sub": "*", "room": room, "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(lives).Unix(), "moderator": g.Leads,
		"context": map[string]any{"user": map[string]any{"id": g.Who, "name": g.Name, "moderator": g.Leads}}})
	return address + "?jwt=" + token, err
}

// LiveKit joins a LiveKit server by a page that takes its address and a token, as the example page of LiveKit does.
type LiveKit struct {
	URL    string // wss://live.example.org
	Page   string // https://meet.example.org/custom
	Key    string
	Secret string
	Now    func() time.Time
}

// Join returns where the guest goes.
func (l LiveKit) Join(_ context.Context, g Guest) (string, error) {
	now := l.Now()
	token, err := sign(l.Secret, map[string]any{"iss": l.Key, "sub": g.Who, "name": g.Name, "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(lives).Unix(),
		"video": map[string]any{"room": g.Room, "roomJoin": true, "roomAdmin": g.Leads, "canPublish": true, "canSubscribe": true}})
	return l.Page + "?" + url.Values{"liveKitUrl": {l.URL}, "token": {token}}.Encode(), err
}

// Seen is that somebody came or went.
type Seen struct {
	Room, Who string
	At        time.Time
	Came      bool // else she went
}

// ErrSignature is that a report is not that of the server.
var ErrSignature = errors.New("meeting: the signature is wrong")

// Report reads what LiveKit reports: body, and its Authorization, a token that holds the digest of the body. The second
// result is false for a report that says of nobody that she came or went. ErrSignature
func (l LiveKit) Report(authorization string, body []byte) (Seen, bool, error) {
	var claims struct {
		Issuer string `json:"iss"`
		SHA256 string `json:"sha256"`
		Until  int64  `json:"exp"`
	}
	if err := verify("HS256", sha256.New, l.Secret, strings.TrimPrefix(authorization, "Bearer "), &claims); err != nil {
		return Seen{}, false, err
	}
	sum := sha256.Sum256(body)
	if claims.Issuer != l.Key || subtle.ConstantTimeCompare([]byte(claims.SHA256), []byte(base64.StdEncoding.EncodeToString(sum[:]))) != 1 || claims.Until != 0 && l.Now().Unix() > claims.Until {
		return Seen{}, false, ErrSignature
	}
	var r struct {
		Event string `json:"event"`
		Room  struct {
			Name string `json:"name"`
		} `json:"room"`
		Participant struct {
			Identity string `json:"identity"`
		} `json:"participant"`
		Created json.Number `json:"createdAt"` // seconds, as a number or a text
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return Seen{}, false, fmt.Errorf("meeting.Report: %w", err)
	}
	if r.Event != "participant_joined" && r.Event != "participant_left" {
		return Seen{}, false, nil
	}
	at := l.Now()
	if s, err := r.Created.Int64(); err == nil && s > 0 {
		at = time.Unix(s, 0)
	}
	return Seen{Room: r.Room.Name, Who: r.Participant.Identity, At: at.UTC(), Came: r.Event == "participant_joined"}, true, nil
}

const header = `{"alg":"HS256","typ":"JWT"}`

// sign returns a JSON Web Token (RFC 7519) with HMAC-SHA-256.
func sign(secret string, claims map[string]any) (string, error) {
	b, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("meeting.sign: %w", err)
	}
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString(b)
	return text + "." + enc.EncodeToString(mac(sha256.New, secret, text)), nil
}

func mac(sum func() hash.Hash, secret, text string) []byte {
	h := hmac.New(sum, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// verify reads the claims of a JSON Web Token that somebody with the secret has made by an algorithm. ErrSignature
func verify(algorithm string, sum func() hash.Hash, secret, token string, claims any) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > 16<<10 {
		return ErrSignature
	}
	enc := base64.RawURLEncoding
	head, err1 := enc.DecodeString(parts[0])
	body, err2 := enc.DecodeString(parts[1])
	signed, err3 := enc.DecodeString(parts[2])
	var h struct {
		Alg string `json:"alg"`
	}
	if errors.Join(err1, err2, err3) != nil || json.Unmarshal(head, &h) != nil || h.Alg != algorithm || !hmac.Equal(signed, mac(sum, secret, parts[0]+"."+parts[1])) || json.Unmarshal(body, claims) != nil {
		return ErrSignature
	}
	return nil
}
