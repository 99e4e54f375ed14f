package speech_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"palestra/internal/fault"
	"palestra/internal/servicestest"
	"palestra/video/ffmpeg"
	"palestra/video/speech"
	"palestra/video/videotest"
)

// program writes a small program that stands in for one that recognises speech.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fake scribe.sh")                                 // with a blank in its name
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // it has to run
		t.Fatal(err)
	}
	return path
}

func tool(t *testing.T) *ffmpeg.Tool {
	t.Helper()
	tool, err := ffmpeg.New(t.Context(), ffmpeg.Config{})
	if err != nil {
		servicestest.Missing(t, "%v", err)
	}
	return tool
}

// The program hears 16-bit samples at 16 kHz, knows the language, writes where it is told, and sees nothing else.
func TestListen(t *testing.T) {
	t.Parallel()
	film := videotest.Make(t, "film.mp4", "-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-c:a", "aac")
	path := program(t, `
[ "$1" = -l ] && [ "$2" = de ] && [ "$3" = -f ] && [ "$5" = -of ] || exit 9
head -c 4 "$4" | grep -q RIFF || exit 8
[ "$(od -An -tu4 -j24 -N4 "$4" | tr -d ' ')" = 16000 ] && [ "$(od -An -tu2 -j22 -N2 "$4" | tr -d ' ')" = 1 ] || exit 7
[ -z "$HOME$PALESTRA_KEYS" ] || exit 6
echo this is chatter
echo "trouble" >&2
printf 'WEBVTT\n\n00:00.000 --> 00:02.000\nEin Ton, %s\n' "$7" > "$6.vtt"`)
	s, err := speech.NewScribe(tool(t), speech.ScribeConfig{Command: fmt.Sprintf(`"%s" -l {lang} -f {sound} -of {out} 'two words'`, path)})
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Listen(t.Context(), film, t.TempDir(), "de-AT", 3*time.Second)
	if err != nil || string(b) != "WEBVTT\n\n00:00.000 --> 00:02.000\nEin Ton, two words\n" {
		t.Errorf("got %q, %v", b, err)
	}
	// Without a place to write to, it writes to standard output.
	s, err = speech.NewScribe(tool(t), speech.ScribeConfig{Command: fmt.Sprintf(`'%s' {sound}`, program(t, `printf '1\n00:00:00,000 --> 00:00:01,000\nHello\n'`))})
	if err != nil {
		t.Fatal(err)
	}
	if b, err = s.Listen(t.Context(), film, t.TempDir(), "en", 3*time.Second); err != nil || !strings.Contains(string(b), "Hello") {
		t.Errorf("got %q, %v", b, err)
	}
}

func TestListenHostile(t *testing.T) {
	t.Parallel()
	film := videotest.Make(t, "film.mp4", "-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-c:a", "aac")
	silent := videotest.Make(t, "silent.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=1")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("WEBVTT\n\n00:00.000 --> 00:01.000\nsecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, script, args, film, code string }{
		{"it fails", "echo no >&2; exit 3", "{sound}", film, "video.speech_failed"},
		{"it is killed", "kill -9 $$", "{sound}", film, "video.speech_failed"},
		{"it never ends", "sleep 1000", "{sound}", film, "video.speech_slow"},
		{"its children never end", "sleep 1000 & sleep 1000 & wait", "{sound}", film, "video.speech_slow"},
		{"it says without end", "yes", "{sound}", film, "any"},
		{"it writes without end", `sleep 0.3; yes > "$2.vtt"`, "{sound} {out}", film, "any"},
		{"it writes nothing", "exit 0", "{sound} {out}", film, "video.speech_failed"},
		{"it writes a link to a secret", fmt.Sprintf(`ln -s "%s" "$2.vtt"`, secret), "{sound} {out}", film, "video.speech_failed"},
		{"it writes a folder", `mkdir "$2.vtt"`, "{sound} {out}", film, "video.speech_failed"},
		{"it writes a pipe", `mkfifo "$2.vtt"`, "{sound} {out}", film, "video.speech_failed"},
		{"there is no sound", "exit 0", "{sound}", silent, "video.no_sound"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := speech.NewScribe(tool(t), speech.ScribeConfig{Command: fmt.Sprintf("'%s' %s", program(t, c.script), c.args), Slowness: 0.1, Least: 3 * time.Second, MaxBytes: 64 << 10})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			b, err := s.Listen(t.Context(), c.film, t.TempDir(), "en", 2*time.Second)
			if err == nil || c.code != "any" && !fault.Is(err, c.code) || strings.Contains(string(b), "secret") {
				t.Errorf("got %.100q, %v, want %s", b, err, c.code)
			}
			if time.Since(began) > time.Minute {
				t.Errorf("it took %v", time.Since(began))
			}
		})
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for command, part := range map[string]string{
		"":                            "no program",
		"   ":                         "no program",
		"/bin/sh -c true":             "{sound}",
		`/bin/sh "{sound}`:            "not closed",
		"/nowhere/whisper {sound}":    "cannot be run",
		"{sound}":                     "cannot be run",
		`/bin/sh -c 'rm x' {sound} |`: "",
	} {
		_, err := speech.NewScribe(nil, speech.ScribeConfig{Command: command})
		if part == "" && err != nil || part != "" && (err == nil || !strings.Contains(err.Error(), part)) {
			t.Errorf("%q: %v, want %q", command, err, part)
		}
	}
}
