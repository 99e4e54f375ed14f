// Package videotest makes videos and worlds for tests of the video room and of the rooms above it.
package videotest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"palestra/internal/servicestest"
)

// Make writes a file with ffmpeg and returns its path. The arguments are ffmpeg's without the output; name says which
// container it becomes. Without ffmpeg the test is skipped, or fails where services are required.
func Make(t testing.TB, name string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		servicestest.Missing(t, "ffmpeg is not installed")
	}
	sum := sha256.New()
	for _, a := range append([]string{name}, args...) {
		fmt.Fprintf(sum, "%q", a)
	}
	dir := filepath.Join(t.TempDir(), hex.EncodeToString(sum.Sum(nil)[:4]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	all := append([]string{"-hide_banner", "-nostdin", "-loglevel", "error", "-y"}, args...)
	if out, err := exec.Command(program, append(all, path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, out)
	}
	return path
}

// Short makes a video of so many seconds with picture and sound, 640 × 360 at 25 frames a second, as MP4.
func Short(t testing.TB, seconds int) string { return Sized(t, seconds, 640, 360) }

// Sized makes a video with picture and sound of a size at 25 frames a second, as MP4.
func Sized(t testing.TB, seconds, width, height int) string {
	t.Helper()
	return Make(t, "film.mp4",
		"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=%dx%d:rate=25:duration=%d", width, height, seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=440:duration=%d", seconds),
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest")
}
