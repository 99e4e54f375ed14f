package video_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/video"
	"palestra/video/videotest"
)

// lecture is a film of so many seconds in 1080p with movement, and a little noise as a camera makes it. Noise costs decoders
// time: a film of noise 4 has 10 Mbit/s, as from a telephone. What is longer than two minutes repeats them.
func lecture(b *testing.B, seconds, noise int) string {
	b.Helper()
	short := videotest.Make(b, "lecture.mp4", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=1920x1080:rate=25:duration=%d,noise=alls=%d:allf=t", min(seconds, 120), noise),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=300:beep_factor=4:duration=%d", min(seconds, 120)),
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac")
	if seconds <= 120 {
		return short
	}
	return videotest.Make(b, "long.mp4", "-stream_loop", "-1", "-i", short, "-t", strconv.Itoa(seconds), "-c", "copy")
}

// seconds is how long the film is: PALESTRA_SPEED_SECONDS, or two minutes.
func seconds() int {
	if n, err := strconv.Atoi(os.Getenv("PALESTRA_SPEED_SECONDS")); err == nil {
		return n
	}
	return 120
}

// run processes a film with so many hands and returns how long it took, until it could be played and in all.
func run(b *testing.B, w *videotest.World, source string, hands int) (v video.Video, playable, all time.Duration) {
	b.Helper()
	id := w.Upload(b, videotest.Grace(), source).ID
	from := time.Now()
	done := make(chan struct{})
	var wg, watch sync.WaitGroup
	watch.Go(func() {
		for playable == 0 {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
			if got, err := w.Video.Get(b.Context(), "acme", id); err == nil && got.Playable {
				playable = time.Since(from)
			}
		}
	})
	for range hands {
		wg.Go(func() {
			for {
				if err := w.Video.Hands(b.Context()); err != nil {
					b.Error(err)
					return
				}
				if got, err := w.Video.Get(b.Context(), "acme", id); err != nil || got.State != video.Processing && got.State != video.Uploaded {
					return
				}
				time.Sleep(5 * time.Millisecond) // as a bell would ring
			}
		})
	}
	wg.Wait()
	all = time.Since(from)
	close(done)
	watch.Wait()
	v, err := w.Video.Get(b.Context(), "acme", id)
	if err != nil || v.State != video.Ready {
		b.Fatalf("%s %s %v %+v", v.State, v.Reason, err, v.Stages)
	}
	for _, st := range v.Stages {
		if st.Began != nil && st.Ended != nil {
			b.Logf("%d hands, %-8s from %6.2f to %6.2f s, %6.2f s of work in %d units", hands, st.Name, st.Began.Sub(from).Seconds(), st.Ended.Sub(from).Seconds(), st.Seconds, st.Parts)
		}
	}
	return v, playable, all
}

// bare makes the same renditions with one command that uses all processors.
func bare(b *testing.B, v video.Video, source string) time.Duration {
	b.Helper()
	dir := b.TempDir()
	args := []string{"-v", "error", "-nostdin", "-y", "-i", source}
	filter := fmt.Sprintf("[0:V:0]split=%d", len(v.Renditions))
	chains := ""
	for i, r := range v.Renditions {
		filter += fmt.Sprintf("[s%d]", i)
		chains += fmt.Sprintf(";[s%d]scale=%d:%d:flags=bicubic,format=yuv420p[v%d]", i, r.Width, r.Height, i)
	}
	args = append(args, "-filter_complex", filter+chains)
	hls := func(name string) []string {
		folder := filepath.Join(dir, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			b.Fatal(err)
		}
		return []string{"-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_segment_filename", filepath.Join(folder, "seg-%05d.m4s"), filepath.Join(folder, "index.m3u8")}
	}
	for i, o := range v.Plan.Outputs {
		args = append(args, "-map", fmt.Sprintf("[v%d]", i), "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-maxrate", strconv.Itoa(o.Bits), "-bufsize", strconv.Itoa(2*o.Bits),
			"-g", strconv.Itoa(o.Group), "-keyint_min", strconv.Itoa(o.Group), "-sc_threshold", "0")
		args = append(args, hls(o.Name)...)
	}
	args = append(append(args, "-map", "0:a:0", "-c:a", "aac", "-b:a", "96000", "-ac", "2", "-ar", "48000"), hls("sound")...)
	from := time.Now()
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s\n%s", err, out, strings.Join(args, " "))
	}
	return time.Since(from)
}

func patientWorld(b *testing.B) *videotest.World {
	return videotest.New(b, func(c *video.Config) { c.Lease = time.Minute })
}

// BenchmarkLadder compares one worker, with as many hands as there are processors, with one bare ffmpeg command that makes
// the same renditions with as many threads as it likes: go test ./video -run '^$' -bench Ladder -benchtime 1x
func BenchmarkLadder(b *testing.B) {
	for _, noise := range []int{0, 4} {
		b.Run(fmt.Sprintf("noise=%d", noise), func(b *testing.B) {
			source := lecture(b, seconds(), noise)
			w := patientWorld(b)
			var ours, alone, first time.Duration
			for b.Loop() {
				v, playable, all := run(b, w, source, runtime.NumCPU())
				ours, first, alone = ours+all, first+playable, alone+bare(b, v, source)
			}
			n := float64(b.N)
			b.ReportMetric(ours.Seconds()/n, "s/video")
			b.ReportMetric(alone.Seconds()/n, "s/bare")
			b.ReportMetric(first.Seconds()/n, "s/playable")
			b.ReportMetric(ours.Seconds()/alone.Seconds(), "ratio")
		})
	}
}

// BenchmarkWatchable takes the time until a film can be watched in its lowest rendition, and leaves the others undone:
// PALESTRA_SPEED_SECONDS=3600 go test ./video -run '^$' -bench Watchable -benchtime 1x -timeout 1h
func BenchmarkWatchable(b *testing.B) {
	source := lecture(b, seconds(), 0)
	w := videotest.New(b, func(c *video.Config) { c.Lease, c.JoinAtOnce = time.Minute, math.MaxInt64 }) // nobody carries tasks here
	var all time.Duration
	for b.Loop() {
		id := w.Send(b, videotest.Grace(), source).Video.ID
		from := time.Now()
		if _, err := w.Video.FinishUpload(b.Context(), videotest.Grace(), id); err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		var hands sync.WaitGroup
		for range runtime.NumCPU() {
			hands.Go(func() {
				for ctx.Err() == nil {
					if err := w.Video.Hands(ctx); err != nil && ctx.Err() == nil {
						b.Error(err)
						return
					}
					time.Sleep(5 * time.Millisecond) // as a bell would ring
				}
			})
		}
		for playable := false; !playable && !b.Failed(); time.Sleep(20 * time.Millisecond) {
			v, err := w.Video.Get(b.Context(), "acme", id)
			if err != nil || v.State == video.Failed {
				b.Errorf("%s %s %v", v.State, v.Reason, err)
			}
			playable = v.Playable
		}
		all += time.Since(from)
		stop()
		hands.Wait()
	}
	b.ReportMetric(all.Seconds()/float64(b.N), "s/playable")
}

// BenchmarkWorkers compares two workers of one thread each with one, and tells what the machine itself gains in the same run:
// how many times as fast two encoders side by side are as one after the other. go test ./video -run '^$' -bench Workers -benchtime 1x
func BenchmarkWorkers(b *testing.B) {
	source := lecture(b, seconds(), 4)
	w := patientWorld(b)
	var one, two, alone, beside time.Duration
	for b.Loop() {
		v, _, a := run(b, w, source, 1)
		_, _, c := run(b, w, source, 2)
		one, two = one+a, two+c
		pass := func() { encode(b, w, v, source, v.Plan.Outputs) }
		alone += 2 * timed(pass)
		beside += timed(func() {
			var both sync.WaitGroup
			both.Go(pass)
			both.Go(pass)
			both.Wait()
		})
	}
	b.ReportMetric(one.Seconds()/float64(b.N), "s/one")
	b.ReportMetric(two.Seconds()/float64(b.N), "s/two")
	b.ReportMetric(one.Seconds()/two.Seconds(), "times")
	b.ReportMetric(alone.Seconds()/beside.Seconds(), "times/machine")
}

func timed(f func()) time.Duration {
	from := time.Now()
	f()
	return time.Since(from)
}

// encode makes outputs of a whole film in one pass, as a hand does.
func encode(b *testing.B, w *videotest.World, v video.Video, source string, outputs []video.Output) {
	j := video.Job{Input: video.Input{Path: source}, Duration: v.Duration, Height: v.Height, Outputs: outputs, MaxBytes: 1 << 30}
	for range outputs {
		j.Folders = append(j.Folders, b.TempDir())
	}
	if err := w.Config.Encoder.Encode(b.Context(), j, func(float64) {}); err != nil {
		b.Error(err)
	}
}

// BenchmarkSharing compares what is done, the lowest rendition first and then the others, with one pass that decodes once,
// on one thread each: go test ./video -run '^$' -bench Sharing -benchtime 1x
func BenchmarkSharing(b *testing.B) {
	for _, noise := range []int{0, 4} {
		b.Run(fmt.Sprintf("noise=%d", noise), func(b *testing.B) {
			source := lecture(b, 24, noise)
			w := patientWorld(b)
			v, _, _ := run(b, w, source, runtime.NumCPU())
			pass := func(outputs []video.Output) time.Duration {
				return timed(func() { encode(b, w, v, source, outputs) })
			}
			var two, one time.Duration
			for b.Loop() {
				two += pass(v.Plan.Outputs[:1]) + pass(v.Plan.Outputs[1:])
				one += pass(v.Plan.Outputs)
			}
			b.ReportMetric(two.Seconds()/float64(b.N), "s/twice")
			b.ReportMetric(one.Seconds()/float64(b.N), "s/once")
			b.ReportMetric(two.Seconds()/one.Seconds(), "ratio")
		})
	}
}
