package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"time"
)

// HeadFormat names the form of a saved head.
const HeadFormat = "palestra-ledger-head/1"

// Head says where a ledger stood: how many entries it had and the hash of the last one. Whoever saves one elsewhere can
// tell later whether entries were cut off at the end, or the ledger was rewritten by somebody who held the key.
type Head struct {
	Format       string    `json:"format"`
	Organisation string    `json:"organisation"`
	Number       int64     `json:"number"` // of the last entry; 0: the ledger is empty
	Hash         string    `json:"hash"`   // of the last entry; 64 zeros if the ledger is empty
	At           time.Time `json:"at"`     // of the last entry; when the head was signed if the ledger is empty
	Signed       time.Time `json:"signed"`
	Key          string    `json:"key"`
	Signature    []byte    `json:"signature"` // Ed25519 over Format, a space and the SHA-256 of the canonical head without key and signature
}

// SignHead returns the head, signed at this time, to be saved elsewhere. Of an empty ledger only the organisation is
// needed.
func SignHead(h Head, at time.Time, sign Signer) Head {
	h.Format, h.Signed = HeadFormat, at.UTC().Truncate(time.Millisecond)
	if h.Number == 0 {
		h.Hash, h.At = zeroHash, h.Signed
	}
	h.Key, h.Signature = sign(toSign(HeadFormat, &h))
	return h
}

// Encode returns the canonical file of the head, ending with a newline.
func (h Head) Encode() []byte { return sheet(&h) }

func (h *Head) encode(sealed bool) []byte {
	var o object
	o.time("at", h.At)
	o.text("format", h.Format)
	o.text("hash", h.Hash)
	if sealed {
		o.text("key", h.Key)
	}
	o.integer("number", h.Number)
	o.text("organisation", h.Organisation)
	if sealed {
		o.text("signature", base64.StdEncoding.EncodeToString(h.Signature))
	}
	o.time("signed", h.Signed)
	return append(o.b, '}')
}

// ParseHead reads what Encode wrote. Its signature is not yet proven.
func ParseHead(b []byte) (Head, error) {
	var h Head
	// Whoever has copied a head by hand may have left its newline behind.
	if err := readSheet(slices.Concat(bytes.TrimSuffix(b, []byte("\n")), []byte("\n")), &h); err != nil {
		return Head{}, err
	}
	return h, nil
}

// Prove returns a *Finding unless one of the keys has signed the head.
func (h Head) Prove(keys map[string]ed25519.PublicKey) error {
	if f := h.prove(keys); f != nil {
		return f
	}
	return nil
}

func (h *Head) prove(keys map[string]ed25519.PublicKey) *Finding {
	if h.Format != HeadFormat || h.Number < 0 || !isHash(h.Hash) {
		return found(BadHead, h.Number, "the saved head is not of the form %s", HeadFormat)
	}
	if s := proveSignature(keys, h.Key, toSign(HeadFormat, h), h.Signature); s != "" {
		return found(BadHead, h.Number, "the saved head was edited or signed by somebody else: %s", s)
	}
	return nil
}
