package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkServing asks for the pages of a learner at an even pace, first of a server that does nothing else, then while it
// transcodes a film with both hands, and reports the middle and the slowest hundredth of either.
//
//	go test ./cmd/palestra -run '^$' -bench Serving -benchtime 1x
func BenchmarkServing(b *testing.B) {
	const lasts = 30 * time.Second
	env := settings(b)
	env["PALESTRA_LIMIT_PERSON"] = "off"
	i, _ := launch(b, env)
	town := i.town(b, i.operator(b), "castelverde", map[string]string{"grace": "author", "luca": "learner"})
	grace, luca := town["grace"], town["luca"]
	name := filepath.Join(b.TempDir(), "film.mp4")
	out, err := exec.CommandContext(b.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=25:duration=20,noise=alls=4:allf=t",
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "50", "-pix_fmt", "yuv420p", name).CombinedOutput()
	if err != nil {
		b.Fatalf("ffmpeg: %v %s", err, out)
	}
	long := filepath.Join(b.TempDir(), "long.mp4")
	if out, err := exec.CommandContext(b.Context(), "ffmpeg", "-v", "error", "-stream_loop", "11", "-i", name, "-c", "copy", long).CombinedOutput(); err != nil {
		b.Fatalf("ffmpeg: %v %s", err, out)
	}
	film, err := os.ReadFile(long)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		paced(b, luca, 5*time.Second) // caches are warm
		idle := paced(b, luca, lasts)
		u := grace.ask("POST", "/api/v1/uploads", object{"name": "long.mp4", "size": len(film), "type": "video/mp4"})
		size := int(u["partSize"].(float64))
		for n := 0; n*size < len(film); n++ {
			if status, body := grace.raw("PUT", fmt.Sprintf("/api/v1/uploads/%s/parts/%d", text(u, "id"), n+1), film[n*size:min(len(film), (n+1)*size)], nil); status >= 300 {
				b.Fatalf("part %d: %d %s", n+1, status, body)
			}
		}
		grace.ask("POST", "/api/v1/uploads/"+text(u, "id")+"/finish", nil)
		state := func() string { return text(grace.ask("GET", "/api/v1/videos/"+text(u, "video"), nil), "state") }
		for state() == "uploaded" {
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(10 * time.Second) // the film is cut, and both hands have pieces
		busy := paced(b, luca, lasts)
		if s := state(); s != "processing" {
			b.Fatalf("the film is %s: nothing was measured", s)
		}
		b.ReportMetric(float64(part(idle, 50).Microseconds()), "µs/idle-p50")
		b.ReportMetric(float64(part(idle, 99).Microseconds()), "µs/idle-p99")
		b.ReportMetric(float64(part(busy, 50).Microseconds()), "µs/busy-p50")
		b.ReportMetric(float64(part(busy, 99).Microseconds()), "µs/busy-p99")
		b.ReportMetric(float64(part(busy, 99))/float64(part(idle, 99)), "times")
	}
}

// part returns the answer that so many of a hundred did not exceed.
func part(sorted []time.Duration, of int) time.Duration { return sorted[len(sorted)*of/100] }

// paced asks forty times a second, whether or not the answers before have come, and returns how long each took, sorted.
func paced(b *testing.B, v *visitor, lasts time.Duration) []time.Duration {
	b.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	paths := []string{"/api/v1/catalogue", "/api/v1/enrolments", "/api/v1/home"}
	for n := range int(lasts / (25 * time.Millisecond)) {
		<-tick.C
		wg.Go(func() {
			from := time.Now()
			status, body := v.raw(http.MethodGet, paths[n%len(paths)], nil, nil)
			took := time.Since(from)
			if status != http.StatusOK {
				b.Errorf("%s: %d %s", paths[n%len(paths)], status, body)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took)
		})
	}
	wg.Wait()
	slices.Sort(all)
	return all
}
