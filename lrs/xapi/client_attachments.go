package xapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// Attachment is the data of one, beside the statement that describes it. Data §2.4.11
type Attachment struct {
	SHA2        string // in hexadecimal digits, as in the statement; "" in what is sent: SHA-256
	ContentType string
	Data        []byte
}

// SHA256 returns the hash by which a statement names an attachment's data.
func SHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Describe returns what a statement says of the attachment: an element of its property attachments.
func (a Attachment) Describe(usageType string, display map[string]string) map[string]any {
	sha2 := a.SHA2
	if sha2 == "" {
		sha2 = SHA256(a.Data)
	}
	return map[string]any{"usageType": usageType, "display": display, "contentType": a.ContentType, "length": len(a.Data), "sha2": sha2}
}

// StoreWith is Store for statements and the data of their attachments, in one request: all are stored or none.
func (c *Client) StoreWith(ctx context.Context, attachments []Attachment, statements ...json.RawMessage) ([]string, error) {
	var ids []string
	var named []json.RawMessage
	for _, raw := range statements {
		st, id, err := withID(raw, c.NewID)
		if err != nil {
			return nil, err
		}
		named, ids = append(named, st), append(ids, id)
	}
	body, err := json.Marshal(named)
	if err != nil {
		return nil, fmt.Errorf("xapi: encode statements: %w", err)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(data []byte, header map[string]string) {
		h := textproto.MIMEHeader{}
		for k, v := range header {
			if v != "" {
				h.Set(k, v)
			}
		}
		p, err2 := w.CreatePart(h)
		if err2 == nil {
			_, err2 = p.Write(data)
		}
		err = errors.Join(err, err2)
	}
	part(body, map[string]string{"Content-Type": mediaJSON})
	for _, a := range attachments {
		sha2 := a.SHA2
		if sha2 == "" {
			sha2 = SHA256(a.Data)
		}
		part(a.Data, map[string]string{"Content-Type": a.ContentType, "Content-Transfer-Encoding": "binary", "X-Experience-API-Hash": sha2})
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("xapi: write a multipart message: %w", err)
	}
	_, err = c.send(ctx, http.MethodPost, "/statements", b.Bytes(), "multipart/mixed; boundary="+w.Boundary())
	return ids, err
}

// GetWith is Get with the data of the statement's attachments that the store has.
func (c *Client) GetWith(ctx context.Context, id string) (json.RawMessage, []Attachment, error) {
	return c.getWith(ctx, "statementId", id)
}

// VoidedWith is Voided with the data of the statement's attachments that the store has.
func (c *Client) VoidedWith(ctx context.Context, id string) (json.RawMessage, []Attachment, error) {
	return c.getWith(ctx, "voidedStatementId", id)
}

func (c *Client) getWith(ctx context.Context, name, id string) (json.RawMessage, []Attachment, error) {
	a, err := c.fetch(ctx, "/statements?attachments=true&"+name+"="+url.QueryEscape(id))
	if err != nil {
		return nil, nil, err
	}
	return a.parts()
}

// parts takes a multipart answer apart; another one is returned as it is.
func (a reply) parts() (json.RawMessage, []Attachment, error) {
	media, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || media != "multipart/mixed" {
		return a.body, nil, nil //nolint:nilerr // it is JSON, or the caller will say that it is not
	}
	r := multipart.NewReader(bytes.NewReader(a.body), params["boundary"])
	var first json.RawMessage
	var list []Attachment
	for n := 0; ; n++ {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("xapi: read a multipart answer: %w", err)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, nil, fmt.Errorf("xapi: read a multipart answer: %w", err)
		}
		if n == 0 {
			first = data
			continue
		}
		x := Attachment{SHA2: strings.ToLower(p.Header.Get("X-Experience-API-Hash")), ContentType: p.Header.Get("Content-Type"), Data: data}
		if len(x.SHA2) == 64 && x.SHA2 != SHA256(data) {
			return nil, nil, errors.New("xapi: an attachment does not have the hash that it is named by")
		}
		list = append(list, x)
	}
	return first, list, nil
}
