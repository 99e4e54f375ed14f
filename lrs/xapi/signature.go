package xapi

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// SignatureUsage marks the attachment that signs its statement. Data §2.6
const SignatureUsage = "http://adlnet.gov/expapi/attachments/signature"

// VerifySignature holds a statement against the JSON Web Signature (RFC 7515, compact) that came with it: its form, its
// algorithm (RS256, RS384 or RS512), that it signs this statement, and, if it brings an X.509 certificate, that this one
// made it. Whether the certificate is anybody's is not asked. Data §2.6
func (p *Parsed) VerifySignature(m AttachmentMeta, data []byte) error {
	if m.ContentType != "application/octet-stream" {
		return errors.New("its contentType must be application/octet-stream")
	}
	fields := strings.Split(strings.TrimSpace(string(data)), ".")
	if len(fields) != 3 {
		return errors.New("it is not a JSON Web Signature in compact form")
	}
	var decoded [3][]byte
	for i, f := range fields {
		b, err := base64.RawURLEncoding.DecodeString(f)
		if err != nil {
			return errors.New("it is not a JSON Web Signature in compact form")
		}
		decoded[i] = b
	}
	var header struct {
		Alg string   `json:"alg"`
		X5C [][]byte `json:"x5c"`
	}
	if err := json.Unmarshal(decoded[0], &header); err != nil {
		return errors.New("its header is not understood")
	}
	var hash crypto.Hash
	var sum []byte
	signed := []byte(fields[0] + "." + fields[1])
	switch header.Alg {
	case "RS256":
		b := sha256.Sum256(signed)
		hash, sum = crypto.SHA256, b[:]
	case "RS384":
		b := sha512.Sum384(signed)
		hash, sum = crypto.SHA384, b[:]
	case "RS512":
		b := sha512.Sum512(signed)
		hash, sum = crypto.SHA512, b[:]
	default:
		return errors.New("its algorithm must be RS256, RS384 or RS512")
	}
	original, err := Parse(decoded[1], V2)
	if err != nil {
		return fmt.Errorf("what it signs is no statement: %w", err)
	}
	if !bytes.Equal(original.unsignedDigest(), p.unsignedDigest()) {
		return errors.New("it signs another statement")
	}
	if len(header.X5C) == 0 {
		return nil
	}
	certificate, err := x509.ParseCertificate(header.X5C[0])
	if err != nil {
		return errors.New("its certificate is not understood")
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok || rsa.VerifyPKCS1v15(key, hash, sum, decoded[2]) != nil {
		return errors.New("its certificate did not make it")
	}
	return nil
}

// unsignedDigest is Digest without attachments that sign.
func (p *Parsed) unsignedDigest() []byte {
	t := p.tree
	list := p.tree.member(0, "attachments")
	var others []int
	if list != 0 {
		for c := t.child(list); c != 0; c = t.sibling(c) {
			if t.textAt(c, "usageType") != SignatureUsage {
				others = append(others, c)
			}
		}
	}
	b := t.canonicalObjectWithout(nil, 0, ofStatement, "attachments")
	for _, c := range others {
		b = t.canonical(append(b, ','), c, plain)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}
