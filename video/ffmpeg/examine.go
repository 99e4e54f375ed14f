package ffmpeg

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/video"
)

const (
	maxSide   = 8192             // pixels
	maxPixels = 8192 * 4320      // of one picture
	answer    = 1 << 20          // bytes of ffprobe's answer
	patience  = 60 * time.Second // for looking into a file
)

// answerOf is what ffprobe answers, as far as we read it.
type answerOf struct {
	Format struct {
		Name     string `json:"format_name"`
		Duration string `json:"duration"`
	} `json:"format"`
	Streams []stream `json:"streams"`
}

type stream struct {
	Type        string `json:"codec_type"`
	Codec       string `json:"codec_name"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Aspect      string `json:"sample_aspect_ratio"`
	Rate        string `json:"r_frame_rate"`
	Average     string `json:"avg_frame_rate"`
	Duration    string `json:"duration"`
	Transfer    string `json:"color_transfer"`
	Channels    int    `json:"channels"`
	Disposition struct {
		Picture int `json:"attached_pic"`
	} `json:"disposition"`
	Tags struct {
		Rotate   string `json:"rotate"`
		Language string `json:"language"`
	} `json:"tags"`
	SideData []struct {
		Rotation float64 `json:"rotation"`
	} `json:"side_data_list"`
}

// Examine implements video.Encoder.
func (t *Tool) Examine(ctx context.Context, in video.Input) (video.Found, error) {
	args := append([]string{
		"-hide_banner",       // no version
		"-loglevel", "error", // complaints only
		"-print_format", "json",
		"-show_entries", "format=format_name,duration" +
			":stream=codec_type,codec_name,width,height,sample_aspect_ratio,r_frame_rate,avg_frame_rate,duration,color_transfer,channels" +
			":stream_disposition=attached_pic:stream_tags=rotate,language:stream_side_data=rotation", // and nothing that the file can make long
	}, reading(in)...)
	var out bytes.Buffer
	err := t.run(ctx, t.config.FFprobe, args, limits{time: patience, most: answer, in: in.Open, class: low}, &out)
	if exit, ok := errors.AsType[*exitError](err); ok {
		return video.Found{}, fault.New(fault.Unsupported, "video.not_a_video", "the file is damaged or not a video").Because(exit)
	}
	if errors.Is(err, errTooLong) { // not because the machine was busy: it has its share of a processor
		return video.Found{}, fault.New(fault.Unsupported, "video.not_a_video", "the file is damaged or not a video").Because(err)
	}
	if err != nil {
		return video.Found{}, err
	}
	var a answerOf
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		return video.Found{}, fault.New(fault.Unsupported, "video.not_a_video", "the file is damaged or not a video").Because(err)
	}
	f, err := judge(a)
	if err != nil {
		return f, err
	}
	if f.Duration == 0 { // recordings of browsers do not know how long they are
		if f.Duration, err = t.measure(ctx, in); err != nil {
			return f, err
		}
	}
	if !(f.Duration >= 0.1) || math.IsInf(f.Duration, 0) {
		return f, fault.New(fault.Unsupported, "video.no_duration", "the video lasts no time")
	}
	return f, nil
}

// judge turns ffprobe's answer into what we know, or into a refusal.
func judge(a answerOf) (video.Found, error) {
	var f video.Found
	var picture, sound *stream
	var tracks []video.TextTrack
	for i := range a.Streams {
		s := &a.Streams[i]
		switch {
		case s.Type == "video" && s.Disposition.Picture == 0 && picture == nil:
			picture = s
		case s.Type == "audio" && sound == nil && s.Codec != "" && s.Codec != "unknown" && s.Channels > 0:
			sound = s
		case s.Type == "subtitle":
			tracks = append(tracks, video.TextTrack{Lang: s.Tags.Language[:min(len(s.Tags.Language), 35)], Codec: s.Codec})
		}
	}
	switch {
	case picture == nil:
		return f, fault.New(fault.Unsupported, "video.no_picture", "the file has no picture, only sound or nothing")
	case picture.Codec == "" || picture.Codec == "unknown":
		return f, fault.New(fault.Unsupported, "video.codec_unknown", "the video is coded in a way that this installation does not know")
	case picture.Width <= 0 || picture.Height <= 0:
		return f, fault.New(fault.Unsupported, "video.no_size", "the picture has no size")
	case picture.Width > maxSide || picture.Height > maxSide || picture.Width*picture.Height > maxPixels:
		return f, fault.New(fault.TooLarge, "video.too_many_pixels", "the picture has %d × %d pixels; at most %d × %d are allowed", picture.Width, picture.Height, maxSide, maxPixels/maxSide).
			With("width", picture.Width).With("height", picture.Height)
	}
	f.Format, _, _ = strings.Cut(a.Format.Name, ",")
	f.VideoCodec = picture.Codec
	if f.Tracks = tracks; !slices.ContainsFunc(tracks, textual) {
		f.Tracks = nil
	}
	f.HDR = picture.Transfer == "smpte2084" || picture.Transfer == "arib-std-b67"
	if sound != nil {
		f.AudioCodec, f.Channels = sound.Codec, sound.Channels
	}
	f.Width, f.Height = shown(picture)
	if min(f.Width, f.Height) < 16 {
		return f, fault.New(fault.Unsupported, "video.no_size", "the picture is smaller than 16 pixels")
	}
	f.Rate = rate(picture)
	f.Duration = seconds(a.Format.Duration)
	if f.Duration == 0 {
		f.Duration = seconds(picture.Duration)
	}
	return f, nil
}

// textual reports whether a track holds text, not pictures of text.
func textual(t video.TextTrack) bool {
	return slices.Contains([]string{"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"}, t.Codec)
}

// shown returns the size after rotation and with square pixels, even on both sides.
func shown(s *stream) (int, int) {
	w, h := float64(s.Width), float64(s.Height)
	if n, d, ok := fraction(s.Aspect, ":"); ok && n > 0 && d > 0 && n/d < 4 && d/n < 4 {
		w *= n / d
	}
	turn := seconds(s.Tags.Rotate)
	for _, d := range s.SideData {
		if d.Rotation != 0 {
			turn = d.Rotation
		}
	}
	if quarter := int(math.Round(turn / 90)); quarter%2 != 0 {
		w, h = h, w
	}
	even := func(x float64) int { return max(2, int(x+0.5)/2*2) } // never larger than it was
	return even(w), even(h)
}

// rate returns the constant rate to encode with: the nominal one unless the frames that are there are much fewer
// (variable rate), then about theirs; 1 to 60.
func rate(s *stream) float64 {
	read := func(text string) float64 {
		if n, d, ok := fraction(text, "/"); ok && n > 0 && d > 0 {
			return n / d
		}
		return 0
	}
	nominal, average := read(s.Rate), read(s.Average)
	r := nominal
	switch {
	case average == 0 && nominal == 0:
		r = 25
	case average > 0 && (nominal == 0 || nominal > 1.25*average):
		r = math.Ceil(average)
	}
	return min(max(r, 1), 60)
}

func fraction(text, by string) (n, d float64, ok bool) {
	a, b, found := strings.Cut(text, by)
	n, err1 := strconv.ParseFloat(a, 64)
	d, err2 := strconv.ParseFloat(b, 64)
	return n, d, found && err1 == nil && err2 == nil
}

func seconds(text string) float64 {
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(s) || math.IsInf(s, 0) {
		return 0
	}
	return s
}

// measure reads the whole file without decoding it and returns how long its picture lasts.
func (t *Tool) measure(ctx context.Context, in video.Input) (float64, error) {
	last := 0.0
	args := append([]string{
		"-hide_banner",       // no version
		"-nostdin",           // nobody answers
		"-loglevel", "error", // complaints only
		"-progress", "pipe:1", // how far it is, for us
	}, reading(in)...)
	args = append(args,
		"-map", "0:V:0", // the picture, not a cover
		"-c", "copy", // no decoding
		"-f", "null", "-", // nowhere
	)
	err := t.run(ctx, t.config.FFmpeg, args, limits{time: 10 * patience, in: in.Open, said: func(line string) {
		if s, ok := reached(line); ok {
			last = max(last, s)
		}
	}}, nil)
	if exit, ok := errors.AsType[*exitError](err); ok {
		return 0, fault.New(fault.Unsupported, "video.not_a_video", "the file is damaged or not a video").Because(exit)
	}
	return last, err
}

// reached reads the second from a line of ffmpeg's -progress.
func reached(line string) (float64, bool) {
	micro, ok := strings.CutPrefix(line, "out_time_us=")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(micro, 10, 64)
	return float64(n) / 1e6, err == nil && n >= 0
}
