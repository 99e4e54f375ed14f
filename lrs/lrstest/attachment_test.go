package lrstest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/lrs/xapi"
)

// attached returns a statement with one attachment.
func attached(one, usage, contentType, data, more string) string {
	sum := sha256.Sum256([]byte(data))
	return strings.TrimSuffix(string(simple(one, "ada", "wrote", "x")), "}") + fmt.Sprintf(`,"attachments":[{"usageType":%q,"display":{"en":"A"},"contentType":%q,"length":%d,"sha2":%q%s}]}`,
		usage, contentType, len(data), hex.EncodeToString(sum[:]), more)
}

func part(headers, data string) string { return "--b\r\n" + headers + "\r\n\r\n" + data + "\r\n" }

func attachment(data, headers string) string {
	sum := sha256.Sum256([]byte(data))
	return part("Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "+hex.EncodeToString(sum[:])+headers, data)
}

const jsonPart = "Content-Type: application/json"

func TestAttachments(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	const data = "an essay\r\nof two lines \x00\xff"
	usage := "http://id.example/essay"
	st := attached(id.Random(), usage, "text/plain", data, "")
	for _, tc := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"XAPI-00133 whole", part(jsonPart, st) + attachment(data, "\r\nContent-Type: text/plain"), 200, ""},
		{"again", part(jsonPart, "["+st+"]") + attachment(data, ""), 200, ""},
		{"no attachments at all", part(jsonPart, string(simple(id.Random(), "ada", "read", "x"))), 200, ""},
		{"only fileUrl", part(jsonPart, attached(id.Random(), usage, "text/plain", "x", `,"fileUrl":"https://f.example/"`)), 200, ""},
		{"XAPI-00129 its data is missing", part(jsonPart, st), 400, "lrs.attachment_missing"},
		{"XAPI-00128 a part too many", part(jsonPart, st) + attachment(data, "") + attachment("other", ""), 400, "lrs.attachment_excess"},
		{"another hash", part(jsonPart, st) + strings.Replace(attachment(data, ""), "an essay", "no essay", 1), 400, "lrs.attachment_hash"},
		{"another type", part(jsonPart, st) + attachment(data, "\r\nContent-Type: text/html"), 400, "lrs.attachment_hash"},
		{"another length", part(jsonPart, st) + attachment(data, "\r\nContent-Length: 3"), 400, "lrs.attachment_hash"},
		{"XAPI-00132 no hash", part(jsonPart, st) + part("Content-Transfer-Encoding: binary", data), 400, "lrs.multipart"},
		{"XAPI-00131 XAPI-00135 another encoding", part(jsonPart, st) + strings.Replace(attachment(data, ""), "binary", "base64", 1), 400, "lrs.multipart"},
		{"XAPI-00134 statements are not the first", attachment(data, "") + part(jsonPart, st), 400, "lrs.multipart"},
		{"XAPI-00130 another boundary", strings.ReplaceAll(part(jsonPart, st), "--b", "--c"), 400, "lrs.multipart"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := s.do("POST", "/xapi/statements", tc.body+"--b--\r\n", "Content-Type: multipart/mixed; boundary=b")
			if a.StatusCode != tc.status || a.code() != tc.code {
				t.Errorf("got %d %s, want %d %s", a.StatusCode, a.body, tc.status, tc.code)
			}
		})
	}
	a := s.do("POST", "/xapi/statements", part(jsonPart, st), "Content-Type: multipart/mixed; boundary=b")
	if a.StatusCode != 400 {
		t.Errorf("a message without its end: %d %s", a.StatusCode, a.body)
	}
	if a := s.do("POST", "/xapi/statements", attached(id.Random(), usage, "text/plain", data, "")); a.code() != "lrs.attachment_missing" {
		t.Errorf("JSON without data: %d %s", a.StatusCode, a.body)
	}
	a = s.do("GET", "/xapi/statements?attachments=true", "")
	_, params, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(strings.NewReader(a.body), params["boundary"])
	var got []string
	for {
		p, err := r.NextRawPart()
		if err == io.EOF { //nolint:errorlint // as documented
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(b))
	}
	if len(got) != 2 || !json.Valid([]byte(got[0])) || got[1] != data {
		t.Errorf("got %q", got)
	}
}

// Data §2.6.
func TestSignatures(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "town"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(alg, payload string) string {
		header := `{"alg":"` + alg + `","x5c":["` + base64.StdEncoding.EncodeToString(der) + `"]}`
		text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
		sum := sha256.Sum256([]byte(text))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return text + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	for _, tc := range []struct {
		name, contentType string
		f                 func(st string) string
		ok                bool
	}{
		{"good", "application/octet-stream", func(st string) string { return sign("RS256", st) }, true},
		{"another order and display", "application/octet-stream", func(st string) string {
			return sign("RS256", `{"object":`+strings.SplitN(st, `"object":`, 2)[1][:len(strings.SplitN(st, `"object":`, 2)[1])-1]+","+strings.TrimSuffix(strings.TrimPrefix(strings.SplitN(st, `"object":`, 2)[0], "{"), ",")+"}")
		}, true},
		{"XAPI-00116 another statement", "application/octet-stream", func(st string) string { return sign("RS256", strings.Replace(st, "ada", "bob", 1)) }, false},
		{"XAPI-00117 another algorithm", "application/octet-stream", func(st string) string { return sign("HS256", st) }, false},
		{"no algorithm", "application/octet-stream", func(st string) string { return sign("none", st) }, false},
		{"signed by another key", "application/octet-stream", func(st string) string { x := sign("RS256", st); return x[:len(x)-8] + "AAAAAAAA" }, false},
		{"XAPI-00115 no signature", "application/octet-stream", func(string) string { return "hello" }, false},
		{"no statement", "application/octet-stream", func(string) string { return sign("RS256", `{"a":1}`) }, false},
		{"another type", "text/plain", func(st string) string { return sign("RS256", st) }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			one := id.Random()
			data := tc.f(string(simple(one, "ada", "wrote", "x")))
			a := s.do("POST", "/xapi/statements", part(jsonPart, attached(one, xapi.SignatureUsage, tc.contentType, data, ""))+attachment(data, "")+"--b--\r\n", "Content-Type: multipart/mixed; boundary=b")
			if (a.StatusCode == 200) != tc.ok || !tc.ok && a.code() != "lrs.signature" {
				t.Errorf("got %d %s", a.StatusCode, a.body)
			}
			if _, err := s.svc.Get(context.Background(), "acme", one); (err == nil) != tc.ok {
				t.Errorf("stored: %v, want %v", err == nil, tc.ok)
			}
		})
	}
}
