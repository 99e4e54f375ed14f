package video

import (
	"context"
)

// Encoder looks into files and makes renditions of them. Faults that it returns are about the file and final; every
// other error is an accident, and another attempt may help.
type Encoder interface {
	// Examine tells what is in a file. faults video.not_a_video, video.no_picture, video.no_size,
	// video.too_many_pixels, video.no_duration, video.codec_unknown
	Examine(ctx context.Context, path string) (Found, error)
	// Still writes one picture of the video, taken at a second, as JPEG.
	Still(ctx context.Context, path, out string, at float64, width, height int, hdr bool) error
	// Encode writes all outputs in one pass over the source and calls progress with the second it has reached. The
	// same source and outputs give the same bytes, however often. fault video.too_slow
	Encode(ctx context.Context, j Job, progress func(second float64)) error
}

// Found is what Examine found.
type Found struct {
	Media
	Duration float64 // seconds
	Width    int     // pixels as shown, after rotation and with square pixels; even
	Height   int
}

// Job is one pass of an encoder.
type Job struct {
	Source   string // path
	Duration float64
	HDR      bool
	Outputs  []Output
	MaxBytes int64 // of all outputs; beyond it the encoder stops
}

// Output is one thing to make of the source: a picture of some size, or the sound.
type Output struct {
	Name   string
	Folder string // path; gets index.m3u8, init.mp4 and seg-00000.m4s …
	Width  int    // 0: the sound
	Height int
	Rate   float64 // frames a second
	Bits   int     // highest bits a second
}

// SegmentSeconds is how long a segment of a rendition is.
const SegmentSeconds = 4
