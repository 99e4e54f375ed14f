package video

import (
	"context"
	"errors"
	"io"
)

// Encoder looks into files and makes renditions of them. Faults that it returns are about the file and final; every
// other error is an accident, and another attempt may help. What it makes has the same bytes each time.
type Encoder interface {
	// Examine tells what is in a file. faults video.not_a_video, video.no_picture, video.no_size,
	// video.too_many_pixels, video.no_duration, video.codec_unknown
	Examine(ctx context.Context, in Input) (Found, error)
	// Split cuts the picture of a file, undecoded, at the last key frame before each of some seconds, in ascending order,
	// and hands out each chunk as a file as soon as it is there; each removes it. The chunks one after the other, each but
	// the first from ChunkHead on, are the whole. ErrNotSplit when that is impossible.
	Split(ctx context.Context, in Input, dir string, cuts []float64, each func(c Chunk) error) error
	// Changing returns in which part of the frames, 0 to 1, something is different from the frame before, in so many
	// seconds from one on.
	Changing(ctx context.Context, in Input, from, seconds float64) (float64, error)
	// Loudness measures the sound of a file.
	Loudness(ctx context.Context, in Input) (Loudness, error)
	// Sound makes the sound of a file, all in one go. fault video.too_slow
	Sound(ctx context.Context, j SoundJob, progress func(second float64)) error
	// Encode writes all outputs of a piece in one pass over it and calls progress with the second of the piece that it
	// has reached. fault video.too_slow
	Encode(ctx context.Context, j Job, progress func(second float64)) error
	// Text writes a text track of a file as WebVTT, at most so many bytes.
	Text(ctx context.Context, in Input, track int, out string, most int64) error
	// Still writes one picture of the video, taken at a second, as JPEG. fault video.not_a_video
	Still(ctx context.Context, in Input, out string, at float64, width, height int, hdr bool) error
	// Sheets writes small pictures of key frames on sheets, as JPEG, to files named by pattern ("…%03d…", from 1).
	Sheets(ctx context.Context, in Input, b Storyboard, pattern string) error
}

// ErrNotSplit is returned for a file that can only be worked on whole.
var ErrNotSplit = errors.New("video: the file cannot be split")

// Sort says what an Input is.
type Sort int

// The sorts of input.
const (
	FromOutside Sort = iota // a file that somebody has sent
	OwnChunks               // chunks that Split has made
	OwnSegments             // an initialisation segment and segments that Encode has made
)

// Input is what an encoder reads: a file, or bytes that come as a stream.
type Input struct {
	Sort Sort
	Path string
	Open func(ctx context.Context) (io.ReadCloser, error) // nil: Path
}

// Found is what Examine found.
type Found struct {
	Media
	Duration float64 // seconds
	Width    int     // pixels as shown, after rotation and with square pixels; even
	Height   int
}

// Chunk is a part of a film that begins with a key frame.
type Chunk struct {
	Path  string
	Start float64 // seconds
}

// Loudness is how loud a sound is.
type Loudness struct {
	Integrated float64 // LUFS (EBU R 128)
	Peak       float64 // highest sample, dBFS
	Silent     bool    // too quiet to be measured
}

// SoundJob is one pass over the sound of a file.
type SoundJob struct {
	Input    Input
	Duration float64
	Gain     float64 // dB
	Limit    bool    // keep peaks below -1 dBFS
	Bits     int
	Folder   string // path; gets index.m3u8, init.mp4 and seg-00000.m4s …
	MaxBytes int64
}

// Job is one pass of an encoder over a piece.
type Job struct {
	Input    Input
	Start    float64 // second of the film at which the piece begins
	Duration float64 // seconds; at least as long as the piece is
	First    int     // number of the first segment
	Segments int     // how many at most; 0: to the end
	HDR      bool
	Height   int // of the film, pixels
	Outputs  []Output
	Folders  []string // path for each output; gets init.mp4 and seg-00000.m4s …, numbered from First
	MaxBytes int64    // of all outputs; beyond it the encoder stops
}

// Output is one rendition to make.
type Output struct {
	Name   string
	Width  int
	Height int
	Num    int  // frames a second: Num/Den
	Den    int  //
	Group  int  // frames of a segment, which begins with a key frame
	Bits   int  // highest bits a second
	Sharp  bool // few frames with fine lines
}

// Rate returns frames a second.
func (o Output) Rate() float64 { return float64(o.Num) / float64(o.Den) }

// Segment returns how many seconds a segment lasts.
func (o Output) Segment() float64 { return float64(o.Group) * float64(o.Den) / float64(o.Num) }

// SegmentSeconds is about how long a segment of a rendition is.
const SegmentSeconds = 4
