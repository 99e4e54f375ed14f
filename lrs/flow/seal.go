package flow

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
)

var errSealed = errors.New("the secret cannot be opened with this installation's keys: say it again")

// seal encrypts a secret of a flow with the installation's key (AES-256-GCM, nonce in front), bound to its flow.
func (s *Service) seal(org, id, secret string) ([]byte, error) {
	g, err := s.cipher()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, g.NonceSize())
	rand.Read(nonce)
	return g.Seal(nonce, nonce, []byte(secret), []byte(org+"/"+id)), nil
}

func (s *Service) open(org, id string, sealed []byte) (string, error) {
	g, err := s.cipher()
	if err != nil {
		return "", err
	}
	if len(sealed) < g.NonceSize() {
		return "", errSealed
	}
	b, err := g.Open(nil, sealed[:g.NonceSize()], sealed[g.NonceSize():], []byte(org+"/"+id))
	if err != nil {
		return "", errSealed
	}
	return string(b), nil
}

func (s *Service) cipher() (cipher.AEAD, error) {
	b, err := aes.NewCipher(s.c.Key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
