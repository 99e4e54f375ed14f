package servicestest

import (
	"net/http"
	"testing"
	"time"
)

// S3Server is an S3 server of one test.
type S3Server struct {
	Endpoint  string // http://127.0.0.1:port
	AccessKey string
	SecretKey string
	Process   *Process
}

// Minio starts MinIO's server.
func Minio(t testing.TB) *S3Server {
	t.Helper()
	program := Build(t, "minio", "github.com/minio/minio", "minio")
	address := Port(t)
	s := &S3Server{Endpoint: "http://" + address, AccessKey: "palestra-test", SecretKey: "palestra-test-secret"}
	s.Process = Start(t, address,
		[]string{
			"MINIO_ROOT_USER=" + s.AccessKey,
			"MINIO_ROOT_PASSWORD=" + s.SecretKey,
			"MINIO_BROWSER=off",
			"MINIO_UPDATE=off", // it would ask its makers for news
			"MINIO_CI_CD=1",    // the temporary folder may be on the root disk
		},
		program, "server", "--quiet", "--address", address, t.TempDir())
	// It listens, and calls itself ready, before it takes requests: to that of nobody its answer is then not 503 but 403.
	for range 600 {
		if status(s.Endpoint+"/minio/health/cluster") == http.StatusOK && status(s.Endpoint+"/") == http.StatusForbidden {
			return s
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("MinIO listens and never becomes ready")
	return nil
}

func status(url string) int {
	r, err := http.Get(url)
	if err != nil {
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}
