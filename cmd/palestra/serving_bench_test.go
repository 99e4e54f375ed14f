package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// BenchmarkServing asks for the pages of a learner, at an even pace and from four clients that never pause, while a film is
// transcoded with both hands and, turn about, while its encoders are stopped, and reports the middle and the slowest
// hundredth of each. The clients are first in line (SCHED_FIFO, where that is permitted), as they would be on a machine of
// their own: how long they wait for a processor is not part of the answer.
//
//	go test ./cmd/palestra -run '^$' -bench Serving -benchtime 1x
func BenchmarkServing(b *testing.B) {
	const turns, lasts = 5, 6 * time.Second
	env := settings(b)
	env["PALESTRA_LIMIT_PERSON"] = "off"
	i, server := launch(b, env)
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
	if out, err := exec.CommandContext(b.Context(), "chrt", "--all-tasks", "--fifo", "--pid", "2", strconv.Itoa(os.Getpid())).CombinedOutput(); err != nil {
		b.Logf("the clients wait for a processor beside the server: %v %s", err, out)
	}
	encoders := func(signal string) {
		some := false
		for range 2 { // one that was just starting is met the second time
			some = exec.CommandContext(b.Context(), "pkill", signal, "-P", strconv.Itoa(server.Process.Pid), "ffmpeg").Run() == nil || some
			time.Sleep(500 * time.Millisecond)
		}
		if !some {
			b.Fatalf("no encoder takes %s", signal)
		}
	}
	for b.Loop() {
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
		time.Sleep(10 * time.Second)  // the film is cut, and both hands have pieces
		paced(b, luca, 5*time.Second) // caches are warm
		var idle, alone, busy, beside []time.Duration
		for range turns {
			encoders("-STOP")
			idle, alone = append(idle, paced(b, luca, lasts)...), append(alone, pressed(b, luca, lasts)...)
			encoders("-CONT")
			busy, beside = append(busy, paced(b, luca, lasts)...), append(beside, pressed(b, luca, lasts)...)
		}
		if s := state(); s != "processing" {
			b.Fatalf("the film is %s: nothing was measured", s)
		}
		for what, all := range map[string][]time.Duration{"idle": idle, "busy": busy, "pressed-idle": alone, "pressed-busy": beside} {
			b.ReportMetric(float64(part(all, 50).Microseconds()), "µs/"+what+"-p50")
			b.ReportMetric(float64(part(all, 99).Microseconds()), "µs/"+what+"-p99")
		}
		b.ReportMetric(float64(part(busy, 99))/float64(part(idle, 99)), "times")
		b.ReportMetric(float64(part(beside, 99))/float64(part(alone, 99)), "times-pressed")
	}
}

// part returns the answer that so many of a hundred did not exceed.
func part(all []time.Duration, of int) time.Duration {
	slices.Sort(all)
	return all[len(all)*of/100]
}

var learns = []string{"/api/v1/catalogue", "/api/v1/enrolments", "/api/v1/home"}

// took asks for one of a learner's pages and says how long the answer took.
func took(b *testing.B, v *visitor, n int) time.Duration {
	b.Helper()
	from := time.Now()
	status, body := v.raw(http.MethodGet, learns[n%len(learns)], nil, nil)
	if status != http.StatusOK {
		b.Errorf("%s: %d %s", learns[n%len(learns)], status, body)
	}
	return time.Since(from)
}

// pressed asks from four clients, each as soon as its last answer has come, and returns how long each took.
func pressed(b *testing.B, v *visitor, lasts time.Duration) []time.Duration {
	b.Helper()
	var wg sync.WaitGroup
	each := make([][]time.Duration, 4)
	end := time.Now().Add(lasts)
	for c := range each {
		wg.Go(func() {
			for n := c; time.Now().Before(end); n++ {
				each[c] = append(each[c], took(b, v, n))
			}
		})
	}
	wg.Wait()
	return slices.Concat(each...)
}

// paced asks forty times a second, whether or not the answers before have come, and returns how long each took.
func paced(b *testing.B, v *visitor, lasts time.Duration) []time.Duration {
	b.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for n := range int(lasts / (25 * time.Millisecond)) {
		<-tick.C
		wg.Go(func() {
			d := took(b, v, n)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, d)
		})
	}
	wg.Wait()
	return all
}
