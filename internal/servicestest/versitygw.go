package servicestest

import (
	"testing"
)

// Versitygw starts versitygw as a process of its own over a temporary folder: what the embedded store is made of,
// reached as a server elsewhere.
func Versitygw(t testing.TB) *S3Server {
	t.Helper()
	program := Build(t, "versitygw", "github.com/versity/versitygw/cmd/versitygw", "versitygw")
	address := Port(t)
	s := &S3Server{Endpoint: "http://" + address, AccessKey: "palestra-test", SecretKey: "palestra-test-secret"}
	s.Process = Start(t, address, nil, program,
		"--access", s.AccessKey,
		"--secret", s.SecretKey,
		"--port", address,
		"--quiet",
		"--cors-allow-origin", "*", // browsers send parts of uploads themselves
		"posix", t.TempDir())
	return s
}
