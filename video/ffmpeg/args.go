package ffmpeg

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"palestra/video"
)

// Here are all arguments with which media are read and made. Two runs with the same arguments over the same file give the
// same bytes, on one machine or two: every program has one thread for each thing it does, nothing depends on how long
// anything took, and no version, name or time is written into what it makes. Many programs at once, each over its piece,
// use the processors, and not many threads in one.

// formats that may be opened. None of them can name another file: no playlists, no concatenations, no image sequences.
const formats = "mov,matroska,webm,avi,mpegts,mpeg,ogg,flv,asf,mxf"

// chunkOffset is added to all times of chunks, so that none is below zero.
const chunkOffset = 60 // seconds

// quiet begins every call of ffmpeg.
func quiet() []string {
	return []string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
		"-y",                  // a half-written one may be there
		"-progress", "pipe:1", // how far it is, for us
		"-stats_period", "0.5", // twice a second
		"-filter_threads", "1", // the order of what they do is part of the bytes
		"-filter_complex_threads", "1",
	}
}

// reading is how every file is opened, for ffprobe too.
func reading(in video.Input) []string {
	protocol, format, name := "file", formats, "file:"+in.Path // with the protocol, so that no name looks like an option
	if in.Open != nil {
		protocol, name = "pipe", "pipe:0" // from this process, and nowhere else
	}
	switch in.Sort {
	case video.OwnChunks:
		format = "nut"
	case video.OwnSegments:
		format = "mov"
	}
	return []string{
		"-protocol_whitelist", protocol, // no network, no data: addresses
		"-format_whitelist", format, // nothing that names other files
		"-i", name,
	}
}

// decoding is how a file is opened that is decoded.
func decoding(in video.Input) []string {
	args := []string{
		"-fflags", "+genpts+discardcorrupt", // times where they are missing; no garbage from damaged places
		"-threads", "1", // of the decoder
	}
	if in.Sort == video.OwnChunks {
		args = append(args, "-copyts") // their times are those of the film; else the first one becomes zero
	}
	return append(args, reading(in)...)
}

// splitArgs cut the picture at key frames without decoding it, at most once in a second. The list of what is done goes to
// standard output.
func splitArgs(in video.Input, dir string) []string {
	args := []string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
		"-y",                 // a half-written one may be there
		"-fflags", "+genpts", // times where they are missing
	}
	args = append(args, reading(in)...)
	return append(args,
		"-map", "0:V:0", // the first picture that is not a cover
		"-c", "copy", // as it is
		"-map_metadata", "-1", // nothing about who, where and with what it was filmed
		"-fflags", "+bitexact", // no version in the files
		"-avoid_negative_ts", "disabled", // else all would be shifted by the frames that are decoded before they are shown
		"-f", "segment",
		"-segment_time", "1", // or the next key frame after it
		"-initial_offset", strconv.Itoa(chunkOffset),
		"-segment_format", "nut", // takes whatever ffmpeg knows, with exact times, and needs no index
		"-segment_format_options", "write_index=0",
		"-segment_list", "pipe:1",
		"-segment_list_type", "csv", // name, first and last second
		filepath.Join(dir, "chunk-%06d.nut"),
	)
}

// pieceArgs make every rendition of a piece in one pass over it.
func pieceArgs(j video.Job) []string {
	args := append(quiet(), decoding(j.Input)...)
	args = append(args, "-filter_complex", pieceFilters(j))
	for i, o := range j.Outputs {
		args = append(args, "-map", fmt.Sprintf("[v%d]", i))
		if j.Segments > 0 {
			args = append(args, "-frames:v", strconv.Itoa(j.Segments*o.Group)) // then the next piece begins
		}
		args = append(args, pictureArgs(o)...)
		args = append(args, hlsArgs(j.Folders[i], j.First, o.Segment()/2)...) // half: cut at each key frame
	}
	return args
}

// pieceFilters decode the picture once and scale it for each output.
func pieceFilters(j video.Job) string {
	start := j.Start
	if j.Input.Sort == video.OwnChunks {
		start += chunkOffset
	}
	var b strings.Builder
	b.WriteString("[0:V:0]") // the first picture that is not a cover, turned upright by ffmpeg
	if j.HDR {
		b.WriteString(sdr + ",")
	}
	fmt.Fprintf(&b, "split=%d", len(j.Outputs))
	for i := range j.Outputs {
		fmt.Fprintf(&b, "[s%d]", i)
	}
	for i, o := range j.Outputs {
		scaler := "bicubic"
		switch {
		case o.Sharp:
			scaler = "lanczos" // fine lines stay fine
		case 2*o.Height <= j.Height:
			scaler = "area" // as good for much smaller pictures, in less time
		}
		// A constant rate from exactly where the piece begins, whatever came before; then times are counted from zero.
		fmt.Fprintf(&b, ";[s%d]fps=fps=%d/%d:start_time=%s,setpts=N,scale=%d:%d:flags=%s,setsar=1,format=yuv420p[v%d]",
			i, o.Num, o.Den, decimal(start), o.Width, o.Height, scaler, i)
	}
	return b.String()
}

// sdr brings high dynamic range to what every screen shows (ITU-R BT.709). Paper white is 203 cd/m² in it (ITU-R BT.2408) and
// stays nearly white; what is darker than half of that stays exactly as it was filmed, and what is brighter, up to ten times, shares
// the rest of the way to full white. All three colours are scaled alike, so that none becomes another.
const sdr = "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:param=0.5:desat=0:peak=10,zscale=t=bt709:m=bt709:r=tv,format=yuv420p"

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

func pictureArgs(o video.Output) []string {
	profile := "high"
	if min(o.Width, o.Height) <= 360 {
		profile = "main" // for the oldest phones
	}
	quality, tune := "23", []string{}
	if o.Sharp {
		quality, tune = "19", []string{"-tune", "stillimage"} // the bits of frames that are not there, spent on letters
	}
	return slices.Concat([]string{
		"-c:v", "libx264", // plays everywhere
		"-profile:v", profile,
		"-preset", "veryfast", // the knee between time and size
	}, tune, []string{
		"-crf", quality, // constant quality …
		"-maxrate", strconv.Itoa(o.Bits), // … within what the line carries
		"-bufsize", strconv.Itoa(2 * o.Bits),
		"-g", strconv.Itoa(o.Group), // a key frame at each segment, at the same time in all renditions, …
		"-keyint_min", strconv.Itoa(o.Group), // … and nowhere else,
		"-sc_threshold", "0", // not even at cuts
		"-fps_mode", "passthrough", // the filter has made the rate constant
		"-threads", "1", // several look at how far the others are, and the bytes would be different each time
		"-flags:v", "+bitexact+cgop", // no version in the stream; segments stand alone
	})
}

// upright is the sound as it is measured and encoded: stereo, whatever comes; gaps become silence, so that lips and sound
// stay together.
const upright = "aresample=async=1000:first_pts=0:out_sample_rate=48000,aformat=channel_layouts=stereo"

// loudnessArgs measure the sound (EBU R 128); each line says what was measured so far.
func loudnessArgs(in video.Input) []string {
	args := slices.Concat([]string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
	}, decoding(in))
	return append(args,
		"-map", "0:a:0", // the first sound track
		"-af", upright+",ebur128=metadata=1:peak=sample:framelog=verbose,ametadata=mode=print:file=pipe\\\\:1",
		"-f", "null", "-", // nowhere
	)
}

func soundArgs(j video.SoundJob) []string {
	chain := upright
	if j.Gain != 0 {
		chain += fmt.Sprintf(",volume=%.2fdB", j.Gain) // as loud as all others
	}
	if j.Limit {
		chain += ",alimiter=limit=0.794:attack=5:release=50:level=disabled" // peaks stay below -2 dBFS
	}
	return slices.Concat(quiet(), decoding(j.Input), []string{
		"-map", "0:a:0", // the first sound track
		"-af", chain,
		"-c:a", "aac", // plays everywhere
		"-b:a", strconv.Itoa(j.Bits),
		"-flags:a", "+bitexact", // no version in the stream
	}, hlsArgs(j.Folder, 0, video.SegmentSeconds))
}

func hlsArgs(folder string, first int, seconds float64) []string {
	return []string{
		"-map_metadata", "-1", // nothing about who, where and with what it was filmed
		"-map_chapters", "-1",
		"-max_muxing_queue_size", "4096", // sound that begins late
		"-avoid_negative_ts", "disabled", // frames are decoded before they are shown, and the first is shown at zero
		"-fflags", "+bitexact", // no times, no version in the files
		"-f", "hls",
		"-hls_time", decimal(seconds),
		"-hls_playlist_type", "vod", // all segments stay in the list
		"-hls_segment_type", "fmp4", // CMAF: one set of segments for every player
		"-hls_flags", "independent_segments",
		"-start_number", strconv.Itoa(first),
		"-hls_fmp4_init_filename", "init.mp4", // beside the playlist
		"-hls_segment_filename", filepath.Join(folder, "seg-%05d.m4s"),
		filepath.Join(folder, "index.m3u8"),
	}
}

// lookRate is how many frames a second are looked at.
const lookRate = 8

// changingArgs drop frames that look like the one before.
func changingArgs(in video.Input, from, seconds float64) []string {
	args := quiet()
	if in.Open == nil {
		args = append(args, "-ss", decimal(from)) // before the input: a jump, no decoding up to there
	}
	return slices.Concat(args, []string{
		"-threads", "1",
		"-skip_frame", "noref", // what no other frame needs is not looked at …
		"-skip_loop_filter", "all", // … nor as beautiful as it could be
	}, reading(in), []string{
		"-t", decimal(seconds),
		"-map", "0:V:0",
		"-vf", fmt.Sprintf("fps=%d,scale=640:-2:flags=neighbor,mpdecimate=max=0", lookRate),
		"-fps_mode", "passthrough", // what is dropped stays dropped
		"-f", "null", "-", // nowhere
	})
}

func textArgs(in video.Input, track int, out string) []string {
	return slices.Concat(quiet(), reading(in), []string{
		"-map", fmt.Sprintf("0:s:%d", track),
		"-map_metadata", "-1", // nothing but the words
		"-c:s", "webvtt",
		"-f", "webvtt",
		out,
	})
}

func stillArgs(in video.Input, out string, at float64, width, height int, hdr bool) []string {
	args := quiet()
	if in.Open == nil {
		args = append(args, "-ss", decimal(at)) // before the input: a jump, no decoding up to there
	}
	args = append(args, "-threads", "1")
	args = append(args, reading(in)...)
	if in.Open != nil && at > 0 {
		args = append(args, "-ss", decimal(at)) // after it: a stream can only be read on
	}
	chain := fmt.Sprintf("scale=%d:%d:flags=bicubic,setsar=1", width, height)
	if hdr {
		chain = sdr + "," + chain
	} else if at > 0 || in.Open != nil {
		chain = "framestep=5," + chain + ",thumbnail=10" // a telling picture among the next two seconds
	}
	return append(args,
		"-map", "0:V:0", // the picture, not a cover
		"-vf", chain+",format=yuvj420p",
		"-frames:v", "1",
		"-q:v", "4", // good, not huge
		"-map_metadata", "-1", // nothing about who, where and with what
		"-flags:v", "+bitexact",
		"-f", "image2",
		"-update", "1", // one file, no sequence
		out,
	)
}

func sheetsArgs(in video.Input, b video.Storyboard, pattern string) []string {
	return slices.Concat(quiet(), []string{
		"-threads", "1",
		"-skip_frame", "nokey", // key frames only
	}, reading(in), []string{
		"-map", "0:V:0",
		"-vf", fmt.Sprintf("scale=%d:%d:flags=bicubic,tile=%dx%d,format=yuvj420p", b.Width, b.Height, b.Columns, b.Rows),
		"-fps_mode", "passthrough", // as many as there are
		"-q:v", "5",
		"-map_metadata", "-1",
		"-flags:v", "+bitexact",
		"-f", "image2",
		pattern,
	})
}
