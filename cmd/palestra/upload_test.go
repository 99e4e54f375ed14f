package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"palestra/internal/servicestest"
)

// zeros is a body of so many bytes that is never in memory.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), z.left))
	clear(p[:n])
	z.left -= int64(n)
	return n, nil
}

// mostHeld is how much memory the server may have more after a file of any size has gone through it; under the race detector
// so much of the program's own.
const mostHeld = 96 << 20

// A file goes through the server and into the store, three parts at a time, and is never held by it, neither in the embedded
// store nor on its way to one elsewhere. PALESTRA_UPLOAD_BYTES asks for a file of another size (make upload).
func TestUploadHoldsNothing(t *testing.T) {
	size := int64(320 << 20)
	if testing.Short() {
		size = 160 << 20
	}
	if n, err := strconv.ParseInt(os.Getenv("PALESTRA_UPLOAD_BYTES"), 10, 64); err == nil {
		size = n
	}
	t.Run("embedded", func(t *testing.T) { sendZeros(t, settings(t), size) })
	t.Run("store elsewhere", func(t *testing.T) {
		s3, env := servicestest.Minio(t), settings(t)
		env["PALESTRA_S3_ENDPOINT"], env["PALESTRA_S3_ACCESS_KEY"], env["PALESTRA_S3_SECRET_KEY"] = s3.Endpoint, s3.AccessKey, s3.SecretKey
		sendZeros(t, env, size)
	})
}

func sendZeros(t *testing.T, env map[string]string, size int64) {
	i, cmd := launch(t, env)
	grace := i.town(t, i.operator(t), "castelverde", map[string]string{"grace": "author"})["grace"]
	grace.http.Timeout = 30 * time.Minute
	upload := grace.ask("POST", "/api/v1/uploads", object{"name": "long.mp4", "size": size, "type": "video/mp4"})
	parts, id := list(upload, "parts"), text(upload, "id")
	before, began := resident(t, cmd.Process.Pid, "VmHWM"), time.Now()
	next := make(chan object, len(parts))
	for _, p := range parts {
		next <- p
	}
	close(next)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for p := range next {
				n := int64(p["size"].(float64))
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, fmt.Sprintf("%s/api/v1/uploads/%s/parts/%.0f", i.url, id, p["number"]), &zeros{n})
				if err != nil {
					t.Error(err)
					return
				}
				r.ContentLength = n
				a, err := grace.http.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				a.Body.Close()
				if a.StatusCode != http.StatusNoContent {
					t.Errorf("part %.0f: %d", p["number"], a.StatusCode)
				}
			}
		})
	}
	wg.Wait()
	sent := time.Since(began)
	for { // a large file takes longer than an answer may
		status, body := grace.raw("POST", "/api/v1/uploads/"+id+"/finish", object{}, nil)
		if status == http.StatusOK {
			break
		}
		if status != http.StatusServiceUnavailable {
			t.Fatalf("finish: %d %s", status, body)
		}
		time.Sleep(time.Second)
	}
	after := resident(t, cmd.Process.Pid, "VmHWM")
	t.Logf("%d bytes in %d parts: sent in %v, whole after %v; resident at most %d MB before and %d MB after", size, len(parts), sent, time.Since(began), before>>20, after>>20)
	if after-before > shadow*mostHeld {
		t.Errorf("the server has held %d MB more", (after-before)>>20)
	}
}
