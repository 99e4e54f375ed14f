package video_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"palestra/internal/servicestest"
	"palestra/video"
	"palestra/video/videotest"
)

// hands is how many units a house has in hand at once.
const hands = 2

// chaos are the films that have to survive: one in pieces with two renditions, sound and captions, and one that is none.
type chaos struct{ good, bad string }

func newChaos(t *testing.T) chaos {
	t.Helper()
	words := filepath.Join(t.TempDir(), "words.srt")
	if err := os.WriteFile(words, []byte("1\n00:00:01,000 --> 00:00:02,000\nHello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := chaos{
		good: videotest.Make(t, "good.mkv", "-f", "lavfi", "-i", "testsrc2=size=480x480:rate=5:duration=38", "-f", "lavfi", "-i", "sine=duration=38", "-i", words,
			"-map", "0", "-map", "1", "-map", "2", "-metadata:s:s:0", "language=ger", "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "srt"),
		bad: filepath.Join(t.TempDir(), "bad.mp4"),
	}
	if err := os.WriteFile(c.bad, bytes.Repeat([]byte("no video "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever dies at whatever moment (the server with its workers at any step it takes, Redis, the object store), every
// video ends ready or failed for a reason in bounded time after it is back, exactly the objects are stored that its document
// names, and no piece was begun again but those that were in hand. PALESTRA_CHAOS_SEEDS asks for more than a sample,
// PALESTRA_CHAOS_FIRST for particular ones.
func TestChaos(t *testing.T) {
	t.Parallel()
	seeds := 20
	if testing.Short() {
		seeds = 4
	}
	if n, err := strconv.Atoi(os.Getenv("PALESTRA_CHAOS_SEEDS")); err == nil {
		seeds = n
	}
	first := uint64(time.Now().Unix())
	if n, err := strconv.ParseUint(os.Getenv("PALESTRA_CHAOS_FIRST"), 10, 64); err == nil {
		first = n
	}
	c := newChaos(t)
	for i := range seeds {
		seed := first + uint64(i)
		random := rand.New(rand.NewPCG(seed, 1))
		switch seed % 8 {
		case 6:
			t.Run(fmt.Sprint("redis, seed ", seed), func(t *testing.T) { c.redis(t, random) })
		case 7:
			t.Run(fmt.Sprint("objects, seed ", seed), func(t *testing.T) { c.objects(t, random) })
		default:
			t.Run(fmt.Sprint("server, seed ", seed), func(t *testing.T) { c.server(t, random) })
		}
	}
}

// steps is about how many steps a server takes for the films.
const steps = 330

// server kills the whole server, two or three times.
func (c chaos) server(t *testing.T, random *rand.Rand) {
	dir := t.TempDir()
	lives := 2 + random.IntN(2)
	for life := 0; ; life++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PALESTRA_VIDEO_VICTIM="+dir, "PALESTRA_VIDEO_FILES="+c.good+":"+c.bad)
		at := 1 + random.IntN(steps)
		if life < lives {
			cmd.Env = append(cmd.Env, fmt.Sprint("PALESTRA_VIDEO_DIES=", at))
		}
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		hung := time.AfterFunc(3*time.Minute, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		if !hung.Stop() {
			t.Fatalf("life %d did not end\n%s", life, said.String())
		}
		if err == nil {
			t.Logf("settled in life %d", life)
			break
		}
		if cmd.ProcessState.ExitCode() >= 0 || life >= lives {
			t.Fatalf("life %d: %v\n%s", life, err, said.String())
		}
		t.Logf("life %d ended at step %d", life, at)
	}
	h, err := openHouse(dir, func() {}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.judge(t, h, lives)
}

// redis kills Redis, which comes back empty.
func (c chaos) redis(t *testing.T, random *rand.Rand) {
	r := servicestest.Redis(t)
	h, err := openHouse(t.TempDir(), func() {}, r.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.outage(t, h, random, r.Process.Kill, func() { r.Restart(t) })
}

// objects kills the object store.
func (c chaos) objects(t *testing.T, random *rand.Rand) {
	program := servicestest.Build(t, "versitygw", "github.com/versity/versitygw/cmd/versitygw", "versitygw")
	address, folder := servicestest.Port(t), t.TempDir()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	s3 := &servicestest.S3Server{Endpoint: "http://" + address, AccessKey: "palestra-test", SecretKey: "palestra-test-secret"}
	start := func() {
		s3.Process = servicestest.Start(t, address, nil, program, "--access", s3.AccessKey, "--secret", s3.SecretKey, "--port", ":"+port, "--quiet", "posix", folder)
	}
	start()
	h, err := openHouse(t.TempDir(), func() {}, "", s3)
	if err != nil {
		t.Fatal(err)
	}
	c.outage(t, h, random, func() { s3.Process.Kill() }, start)
}

// outage works on the films while something that they need is away for a while, twice.
func (c chaos) outage(t *testing.T, h *house, random *rand.Rand, kill, restart func()) {
	ctx := t.Context()
	for _, file := range []string{c.good, c.bad} {
		if err := upload(ctx, h.world.Video, file); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.world.Worker.Start(ctx); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		time.Sleep(time.Duration(random.Int64N(int64(2 * time.Second))))
		kill()
		time.Sleep(time.Duration(random.Int64N(int64(time.Second))))
		restart()
	}
	c.judge(t, h, 2*2) // a store that is away may break what is written, and what is written of it
}

// judge waits until all is settled and looks at what is there. deaths is how often what was in hand may have been lost.
func (c chaos) judge(t *testing.T, h *house, deaths int) {
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	var all []video.Video
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		page, err := h.world.Video.List(t.Context(), videotest.Grace(), "", 100)
		if err != nil || len(page.Docs) != 2 {
			t.Fatalf("%d videos, %v, want 2", len(page.Docs), err)
		}
		all = page.Docs
		settled := 0
		for _, v := range all {
			if v.State == video.Ready || v.State == video.Failed {
				settled++
			}
		}
		if settled == len(all) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("not settled: %+v", all)
		}
	}
	for _, v := range all {
		switch {
		case v.Name == "good.mkv" && (v.State != video.Ready || len(v.Renditions) != 2 || v.Sound == nil || v.Poster == "" || v.Storyboard == nil || len(v.Captions) != 1):
			t.Errorf("the good video is %s (%s), %d renditions, %d captions: %+v", v.State, v.Reason, len(v.Renditions), len(v.Captions), v.Stages)
		case v.Name == "bad.mp4" && (v.State != video.Failed || v.Reason != "video.not_a_video"):
			t.Errorf("the bad video is %s (%s)", v.State, v.Reason)
		}
	}
	list, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(h.world.Config.Temp.Path())), "encoded"))
	if err != nil {
		t.Fatal(err)
	}
	begun := map[string]int{}
	again := 0
	for line := range strings.Lines(string(list)) {
		if begun[line]++; begun[line] > 1 {
			again++
		}
	}
	if len(begun) != 12 { // six pieces of two renditions
		t.Errorf("pieces %v, want twelve", begun)
	}
	if again > hands*deaths {
		t.Errorf("%d pieces were begun again, at most %d were in hand: %v", again, hands*deaths, begun)
	}
	if err := h.world.Video.Leave(t.Context()); err != nil { // or the copy of the film that failed stays for a while
		t.Error(err)
	}
	clean(t, &h.world)
}
