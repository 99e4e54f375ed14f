package video

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/video/caption"
)

// takePath begins the names of files to be kept beneath a grant.
const takePath = "take/"

// File is a file of a video that somebody keeps: what lies in the store already, put together while it is sent.
type File struct {
	Name    string // video.mp4, sound.m4a, captions-de.vtt
	What    string // video, sound, captions
	Lang    string // of captions
	Format  string // mp4, m4a, vtt, srt
	URL     string
	Bytes   int64 // 0: not known beforehand
	Expires time.Time
}

// Files returns the addresses of what a session may keep of a video. Whether it may is for the caller to decide. They
// last as long as those of a playback. faults video.not_found, video.not_playable
func (s *Service) Files(ctx context.Context, org, id, session string) ([]File, error) {
	v, err := s.get(ctx, org, id)
	if err != nil {
		return nil, err
	}
	if !v.Playable || len(v.Renditions) == 0 {
		return nil, fault.New(fault.Conflict, "video.not_playable", "the video cannot be played yet").With("state", v.State)
	}
	until := s.expiry()
	base := MediaBase + s.sign(grant{grantTake, org, id, sessionDigest(session), until}) + "/" + takePath
	files := []File{{Name: "video.mp4", What: "video", Format: "mp4"}}
	if v.Sound != nil {
		files = append(files, File{Name: "sound.m4a", What: "sound", Format: "m4a"})
	}
	for i, f := range files {
		film, err := s.film(ctx, org, &v, f.Name)
		if err != nil {
			return nil, err
		}
		files[i].Bytes = film.size
	}
	for _, c := range v.Captions {
		if c.Unchecked || c.kind() != caption.Captions {
			continue
		}
		for _, format := range []string{"srt", "vtt"} {
			files = append(files, File{Name: "captions-" + c.Lang + "." + format, What: "captions", Lang: c.Lang, Format: format})
		}
	}
	for i := range files {
		files[i].URL, files[i].Expires = base+files[i].Name, until
	}
	return files, nil
}

// kept answers a file to be kept.
func (s *Service) kept(ctx context.Context, g grant, name string) (Answer, error) {
	v, err := s.get(ctx, g.org, g.id)
	if err != nil {
		return Answer{}, err
	}
	name, ok := strings.CutPrefix(name, takePath)
	if !ok {
		return Answer{}, notFound(g.id)
	}
	if track, ok := strings.CutPrefix(name, "captions-"); ok {
		lang, format, _ := strings.Cut(track, ".")
		c := v.track(Track{caption.Captions, lang})
		if c == nil || c.Unchecked || format != "vtt" && format != "srt" {
			return Answer{}, notFound(g.id)
		}
		_, cues, err := s.Cues(ctx, g.org, g.id, Track{caption.Captions, lang})
		if err != nil {
			return Answer{}, err
		}
		if format == "srt" {
			return Answer{Body: caption.SRT(cues), Type: "application/x-subrip; charset=utf-8", Keep: true}, nil
		}
		return Answer{Body: caption.VTT(cues), Type: mediaType(name), Keep: true}, nil
	}
	if !v.Playable || len(v.Renditions) == 0 || name != "video.mp4" && (name != "sound.m4a" || v.Sound == nil) {
		return Answer{}, notFound(g.id)
	}
	f, err := s.film(ctx, g.org, &v, name)
	if err != nil {
		return Answer{}, err
	}
	kind := "video/mp4"
	if name == "sound.m4a" {
		kind = "audio/mp4"
	}
	return Answer{Type: kind, Keep: true, Size: f.size, Stream: f.open}, nil
}

// film is one fragmented MP4 file of the segments of one or two renditions, put together as it is read.
type film struct {
	s     *Service
	head  []byte // initialisation of all tracks
	parts []filmPart
	size  int64
}

type filmPart struct {
	key   string
	track uint32
	at    float64 // seconds
}

// film plans a file: the lowest picture with the sound, or the sound alone.
func (s *Service) film(ctx context.Context, org string, v *Video, name string) (*film, error) {
	renditions := []Rendition{}
	if name == "video.mp4" {
		renditions = append(renditions, v.Renditions[0])
	}
	if v.Sound != nil {
		renditions = append(renditions, *v.Sound)
	}
	f := &film{s: s}
	var heads [][]byte
	for i, r := range renditions {
		folder := v.prefix(org) + r.Folder + "/"
		text, err := s.readAll(ctx, folder+playlistFile, 8<<20)
		if err != nil {
			return nil, gone(err)
		}
		head, err := s.readAll(ctx, folder+initFile, 1<<20)
		if err != nil {
			return nil, gone(err)
		}
		segments, err := parsePlaylist(text)
		if err != nil {
			return nil, err
		}
		at := 0.0
		for _, g := range segments {
			f.parts = append(f.parts, filmPart{folder + g.name, uint32(i + 1), at})
			at += g.seconds
		}
		heads = append(heads, head)
		f.size += r.Bytes - int64(len(text)) - int64(len(head))
	}
	var err error
	if f.head, err = joinHeads(heads, v.Duration); err != nil {
		return nil, err
	}
	f.size += int64(len(f.head))
	slices.SortStableFunc(f.parts, func(a, b filmPart) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return int(a.track) - int(b.track)
	})
	return f, nil
}

// open begins to read the file. At no time more than one fragment's description is in memory.
func (f *film) open(ctx context.Context) (io.ReadCloser, error) {
	number := uint32(0)
	return &series{next: func(n int) (io.ReadCloser, error) {
		if n == 0 {
			return io.NopCloser(bytes.NewReader(f.head)), nil
		}
		if n > len(f.parts) {
			return nil, io.EOF
		}
		p := f.parts[n-1]
		body, _, err := f.s.c.Objects.Get(ctx, p.key, 0, -1)
		if err != nil {
			return nil, err
		}
		return &fragments{body: body, track: p.track, number: &number}, nil
	}}, nil
}

// mostMoof is how many bytes the description of a fragment may have.
const mostMoof = 4 << 20

// fragments reads a segment as it is in a file with other tracks: its fragments have the number of their track, and
// numbers in the order of the file.
type fragments struct {
	body   io.ReadCloser
	track  uint32
	number *uint32
	ahead  []byte // of a box that was read whole
	rest   int64  // of a box that is passed on
}

func (r *fragments) Read(p []byte) (int, error) {
	for len(r.ahead) == 0 && r.rest == 0 {
		if err := r.box(); err != nil {
			return 0, err
		}
	}
	if len(r.ahead) > 0 {
		n := copy(p, r.ahead)
		r.ahead = r.ahead[n:]
		return n, nil
	}
	n, err := r.body.Read(p[:min(int64(len(p)), r.rest)])
	r.rest -= int64(n)
	if errors.Is(err, io.EOF) {
		if r.rest > 0 {
			return n, io.ErrUnexpectedEOF
		}
		err = nil // the next box says so
	}
	return n, err
}

// box reads the head of the next box, and all of it when it says something about the track.
func (r *fragments) box() error {
	head := make([]byte, 8)
	if _, err := io.ReadFull(r.body, head); err != nil {
		return err // io.EOF at the end
	}
	size, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
	if size < 8 {
		return errBoxes
	}
	if kind != "moof" && kind != "sidx" {
		r.ahead, r.rest = head, size-8
		return nil
	}
	if size > mostMoof {
		return errBoxes
	}
	whole := make([]byte, size)
	copy(whole, head)
	if _, err := io.ReadFull(r.body, whole[8:]); err != nil {
		return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	if err := retrack(whole, r.track, r.number); err != nil {
		return err
	}
	r.ahead = whole
	return nil
}

// Close ends reading.
func (r *fragments) Close() error { return r.body.Close() }

// put writes a number into a box, if it is so long.
func put(body []byte, at int, n uint32) error {
	if len(body) < at+4 {
		return errBoxes
	}
	binary.BigEndian.PutUint32(body[at:], n)
	return nil
}

// retrack gives a moof or sidx box another track, in place, and counts fragments.
func retrack(b []byte, track uint32, number *uint32) error {
	all, err := boxes(b)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.kind == "sidx" { // §8.16.3: version and flags, reference
			if err := put(x.body, 4, track); err != nil {
				return err
			}
			continue
		}
		inner, err := boxes(x.body)
		if err != nil {
			return err
		}
		for _, y := range inner {
			switch y.kind {
			case "mfhd": // §8.8.5: version and flags, number
				*number++
				err = put(y.body, 4, *number)
			case "traf":
				err = retrackRun(y.body, track)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func retrackRun(traf []byte, track uint32) error {
	all, err := boxes(traf)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.kind != "tfhd" { // §8.8.7: version and flags, track
			continue
		}
		if len(x.body) < 8 || x.body[3]&1 != 0 { // places would be counted from the beginning of the file
			return errBoxes
		}
		if err := put(x.body, 4, track); err != nil {
			return err
		}
	}
	return nil
}

// atom writes a box.
func atom(kind string, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(b, kind...), body...)
}

// joinHeads makes one initialisation segment of those of several renditions, whose tracks get the numbers 1, 2 … in
// their order, and says how long the film is.
func joinHeads(heads [][]byte, seconds float64) ([]byte, error) {
	var start, movie []byte
	var tracks, extends [][]byte
	for i, head := range heads {
		number := uint32(i + 1)
		all, err := boxes(head)
		if err != nil {
			return nil, err
		}
		moov, err := inside(head, "moov")
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			if x.kind == "ftyp" && start == nil {
				start = atom("ftyp", x.body)
			}
		}
		inner, err := boxes(moov)
		if err != nil {
			return nil, err
		}
		for _, x := range inner {
			body := slices.Clone(x.body)
			switch x.kind {
			case "mvhd":
				if movie == nil {
					movie = body
				}
			case "trak":
				if err := retrackHead(body, number); err != nil {
					return nil, err
				}
				tracks = append(tracks, atom("trak", body))
			case "mvex":
				trex, err := inside(body, "trex") // §8.8.3: version and flags, track
				if err != nil {
					return nil, err
				}
				if err := put(trex, 4, number); err != nil {
					return nil, err
				}
				extends = append(extends, atom("trex", trex))
			}
		}
	}
	if start == nil || len(movie) < 100 || movie[0] != 0 || len(tracks) != len(heads) || len(extends) != len(heads) {
		return nil, errBoxes
	}
	// §8.2.2, version 0: version and flags, created, changed, units a second …, at the end the number of the next track.
	scale := binary.BigEndian.Uint32(movie[12:])
	length := binary.BigEndian.AppendUint32(make([]byte, 4), uint32(min(math.Round(seconds*float64(scale)), math.MaxUint32)))
	if err := put(movie, len(movie)-4, uint32(len(tracks)+1)); err != nil {
		return nil, err
	}
	moov := slices.Concat([][]byte{atom("mvhd", movie)}, tracks, [][]byte{atom("mvex", append([][]byte{atom("mehd", length)}, extends...)...)})
	return append(start, atom("moov", moov...)...), nil
}

// retrackHead gives a track its number (§8.3.2).
func retrackHead(trak []byte, number uint32) error {
	tkhd, err := inside(trak, "tkhd")
	if err != nil {
		return err
	}
	at := 12 // version 0: flags, created, changed
	if len(tkhd) > 0 && tkhd[0] == 1 {
		at = 20
	}
	return put(tkhd, at, number)
}
