package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Slide is a picture of a film and how long it stays.
type Slide struct {
	Picture string        // file name of a PNG in the folder of the film
	Lasts   time.Duration // at least one frame
}

// filmRate is how many frames a second a film of slides has: nothing moves in it.
const filmRate = 5

// Film makes an MP4 of slides and a sound. All files lie in one folder, which is the program's own: the pictures, the
// sound (WAV) and out. The film lasts as long as its slides.
func (t *Tool) Film(ctx context.Context, folder string, slides []Slide, sound, out string) error {
	if len(slides) == 0 {
		return errors.New("ffmpeg.Film: there are no slides")
	}
	var list strings.Builder
	var length time.Duration
	for _, s := range slides {
		if s.Picture != filepath.Base(s.Picture) || strings.ContainsAny(s.Picture, "'\\\n") || s.Lasts < time.Second/filmRate {
			return fmt.Errorf("ffmpeg.Film: %q for %v is no slide", s.Picture, s.Lasts)
		}
		fmt.Fprintf(&list, "file '%s'\nduration %.3f\n", s.Picture, s.Lasts.Seconds())
		length += s.Lasts
	}
	fmt.Fprintf(&list, "file '%s'\n", slides[len(slides)-1].Picture) // the last duration counts only if something follows
	script := filepath.Join(folder, "slides.txt")
	if err := os.WriteFile(script, []byte(list.String()), 0o600); err != nil {
		return fmt.Errorf("ffmpeg.Film: %w", err)
	}
	args := []string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
		"-y",                          // a half-written one may be there
		"-protocol_whitelist", "file", // no network
		"-f", "concat", // one picture after the other, each for its time
		"-safe", "1", // names in the same folder only
		"-i", script,
		"-protocol_whitelist", "file",
		"-i", filepath.Join(folder, filepath.Base(sound)),
		"-map", "0:v:0", "-map", "1:a:0", // pictures of the one, sound of the other
		"-vf", fmt.Sprintf("fps=%d,format=yuv420p", filmRate), // what every encoder and screen takes
		"-c:v", "libx264",
		"-preset", "ultrafast", // it is encoded again for the players
		"-tune", "stillimage",
		"-crf", "16", // so nothing is lost that they could show
		"-c:a", "aac",
		"-b:a", "128k",
		"-ar", "48000",
		"-t", decimal(length.Seconds()), // as long as the slides
		"-movflags", "+faststart",
		filepath.Join(folder, filepath.Base(out)),
	}
	return t.run(ctx, t.config.FFmpeg, args, limits{time: 5*time.Minute + 2*length, bytes: 512 << 20}, nil)
}
