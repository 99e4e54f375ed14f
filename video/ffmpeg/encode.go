package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/video"
)

// Encode implements video.Encoder.
func (t *Tool) Encode(ctx context.Context, j video.Job, progress func(float64)) error {
	l := limits{
		time:  max(10*time.Minute, time.Duration(j.Duration*t.config.Slowness*float64(time.Second))),
		bytes: uint64(j.MaxBytes),
		said: func(line string) {
			if s, ok := reached(line); ok {
				progress(s)
			}
		},
	}
	l.over = func() error { return excess(j) }
	err := t.run(ctx, t.config.FFmpeg, t.encodeArgs(j), l, nil)
	if errors.Is(err, errTooLong) {
		return fault.New(fault.Unsupported, "video.too_slow", "this video takes too long to process").Because(err)
	}
	return err
}

// excess reports whether the outputs have become larger than they may.
func excess(j video.Job) error {
	var sum int64
	for _, o := range j.Outputs {
		err := filepath.WalkDir(o.Folder, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil //nolint:nilerr // files are renamed while we look
			}
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if sum > j.MaxBytes {
		return fmt.Errorf("ffmpeg: %d bytes written, at most %d are allowed", sum, j.MaxBytes)
	}
	return nil
}

// encodeArgs are the arguments for one pass over the source that writes every output.
func (t *Tool) encodeArgs(j video.Job) []string {
	args := append([]string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
		"-progress", "pipe:1", // how far it is, for us
		"-stats_period", "0.5", // twice a second
		"-fflags", "+genpts+discardcorrupt", // times where they are missing; no garbage from damaged places
		"-threads", "2", // of the decoder
	}, safely(j.Source)...)
	if graph := filters(j); graph != "" {
		args = append(args, "-filter_complex", graph)
	}
	picture := 0
	for _, o := range j.Outputs {
		if o.Width == 0 {
			args = append(args, t.soundArgs(o)...)
		} else {
			args = append(args, t.pictureArgs(o, picture)...)
			picture++
		}
		args = append(args, hlsArgs(o)...)
	}
	return args
}

// filters decode the picture once and scale it for each output.
func filters(j video.Job) string {
	var pictures []video.Output
	for _, o := range j.Outputs {
		if o.Width > 0 {
			pictures = append(pictures, o)
		}
	}
	if len(pictures) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("[0:V:0]") // the first picture that is not a cover, turned upright by ffmpeg
	if j.HDR {
		b.WriteString(sdr + ",")
	}
	fmt.Fprintf(&b, "split=%d", len(pictures))
	for i := range pictures {
		fmt.Fprintf(&b, "[s%d]", i)
	}
	for i, o := range pictures {
		fmt.Fprintf(&b, ";[s%d]fps=%s,scale=%d:%d:flags=bicubic,setsar=1,format=yuv420p[v%d]", i, decimal(o.Rate), o.Width, o.Height, i)
	}
	return b.String()
}

// sdr brings high dynamic range to what every screen shows (ITU-R BT.709).
const sdr = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p"

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

func (t *Tool) pictureArgs(o video.Output, n int) []string {
	profile := "high"
	if min(o.Width, o.Height) <= 360 {
		profile = "main" // for the oldest phones
	}
	gop := strconv.Itoa(max(1, int(o.Rate*video.SegmentSeconds+0.5)))
	return []string{
		"-map", fmt.Sprintf("[v%d]", n),
		"-c:v", "libx264", // plays everywhere
		"-profile:v", profile,
		"-preset", "veryfast", // the knee between time and size
		"-crf", "23", // constant quality …
		"-maxrate", strconv.Itoa(o.Bits), // … within what the line carries
		"-bufsize", strconv.Itoa(2 * o.Bits),
		"-g", gop, // a key frame at each segment …
		"-keyint_min", gop, // … and nowhere else,
		"-sc_threshold", "0", // not even at cuts,
		"-force_key_frames", fmt.Sprintf("expr:gte(t,n_forced*%d)", video.SegmentSeconds), // at the same second in all renditions
		"-fps_mode", "passthrough", // the filter has made the rate constant
		"-threads", strconv.Itoa(t.config.Threads), // of the encoder
		"-x264-params", "sliced-threads=1", // threads share a frame, so that none waits for pictures still to come
		"-flags:v", "+bitexact+cgop", // no version in the stream; segments stand alone
	}
}

func (t *Tool) soundArgs(o video.Output) []string {
	return []string{
		"-map", "0:a:0", // the first sound track
		"-c:a", "aac", // plays everywhere
		"-b:a", strconv.Itoa(o.Bits),
		"-ac", "2", // stereo, whatever comes
		"-ar", "48000",
		"-af", "aresample=async=1000:first_pts=0", // gaps become silence, so that lips and sound stay together
		"-flags:a", "+bitexact", // no version in the stream
	}
}

func hlsArgs(o video.Output) []string {
	return []string{
		"-map_metadata", "-1", // nothing about who, where and with what it was filmed
		"-map_chapters", "-1",
		"-max_muxing_queue_size", "4096", // sound that begins late
		"-fflags", "+bitexact", // no times, no version in the files
		"-f", "hls",
		"-hls_time", strconv.Itoa(video.SegmentSeconds),
		"-hls_playlist_type", "vod", // all segments stay in the list
		"-hls_segment_type", "fmp4", // CMAF: one set of segments for every player
		"-hls_flags", "independent_segments",
		"-hls_fmp4_init_filename", "init.mp4", // beside the playlist
		"-hls_segment_filename", filepath.Join(o.Folder, "seg-%05d.m4s"),
		filepath.Join(o.Folder, "index.m3u8"),
	}
}

// Still implements video.Encoder.
func (t *Tool) Still(ctx context.Context, path, out string, at float64, width, height int, hdr bool) error {
	err := t.still(ctx, path, out, at, width, height, hdr)
	if _, ok := errors.AsType[*exitError](err); ok || err == nil {
		if _, serr := os.Stat(out); serr == nil && err == nil {
			return nil
		}
		if at > 0 { // no picture there: damaged, or shorter than it says
			return t.Still(ctx, path, out, 0, width, height, hdr)
		}
		return fault.New(fault.Unsupported, "video.not_a_video", "the file is damaged or not a video").Because(err)
	}
	return err
}

func (t *Tool) still(ctx context.Context, path, out string, at float64, width, height int, hdr bool) error {
	args := []string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
		"-y",               // a half-written one may be there
		"-ss", decimal(at), // before the input: a jump, no decoding up to there
	}
	args = append(args, safely(path)...)
	chain := fmt.Sprintf("scale=%d:%d:flags=bicubic,setsar=1,format=yuvj420p", width, height)
	if hdr {
		chain = sdr + "," + chain
	} else if at > 0 {
		chain = "thumbnail=50," + chain // a telling picture among the next two seconds
	}
	args = append(args,
		"-map", "0:V:0", // the picture, not a cover
		"-vf", chain,
		"-frames:v", "1",
		"-q:v", "4", // good, not huge
		"-map_metadata", "-1", // nothing about who, where and with what
		"-flags:v", "+bitexact",
		"-f", "image2",
		"-update", "1", // one file, no sequence
		out,
	)
	return t.run(ctx, t.config.FFmpeg, args, limits{time: 2 * patience, bytes: 8 << 20}, nil)
}
