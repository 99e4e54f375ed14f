package video

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/people"
)

// unit does the unit in hand.
func (s *Service) unit(ctx context.Context, t taken) (err error) {
	from := s.now()
	dir, err := s.c.Temp.Dir()
	if err != nil {
		return wrap("unit", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	st := t.v.Stages[t.spot.stage]
	u := st.Units[t.spot.unit]
	switch st.Name {
	case stageProbe:
		return s.probe(ctx, t, from, dir)
	case stageSplit:
		return s.split(ctx, t, from, dir)
	case stageAudio:
		return s.audio(ctx, t, from, dir)
	case stageFirst, stageLadder:
		if u.Last {
			return s.join(ctx, t, from, st.Name)
		}
		return s.piece(ctx, t, from, dir, st.Name, u)
	case stageCaptions:
		return s.carry(ctx, t, from, dir)
	case stagePoster:
		return s.pictures(ctx, t, from, dir)
	case stageTidy:
		return s.finish(ctx, t, from)
	}
	return fmt.Errorf("video.unit: %q is no stage", st.Name)
}

// source returns the file as an encoder reads it.
func (s *Service) source(ctx context.Context, t taken, dir string) (Input, error) {
	if s.c.Objects.Embedded() {
		path, err := s.c.Objects.Fetch(ctx, t.v.Source, dir)
		if err != nil {
			return Input{}, fmt.Errorf("video.source: %w", err)
		}
		return Input{Path: path}, nil
	}
	path, err := s.link(ctx, t.v.Source, t.v.Size, dir)
	return Input{Path: path}, err
}

// probe looks into the file.
func (s *Service) probe(ctx context.Context, t taken, from time.Time, dir string) error {
	in, err := s.source(ctx, t, dir)
	if err != nil {
		return err
	}
	found, err := s.c.Encoder.Examine(ctx, in)
	if err != nil {
		return err
	}
	if limit := s.c.MaxDuration.Seconds(); found.Duration > limit {
		return fault.New(fault.TooLarge, "video.too_long", "the video lasts %.0f s; at most %.0f s are allowed", found.Duration, limit)
	}
	return t.done(ctx, from, func(v *Video, _ *Stage, _ *Unit) error {
		v.Plan.Found = found
		v.show(false)
		skip := func(name string, if_ bool) {
			if st := v.stage(name); if_ {
				st.State, st.Units = StageSkipped, nil
			}
		}
		skip(stageAudio, found.AudioCodec == "")
		skip(stageCaptions, len(found.Tracks) == 0)
		costs(v, ladder(found, false))
		return nil
	})
}

// costs says which part each stage is of the whole.
func costs(v *Video, plan []Output) {
	cost := func(outputs []Output) (c float64) {
		for _, o := range outputs {
			c += float64(o.Width*o.Height)*(o.Rate()+5) + 640*360*10 // decoding and scaling cost per source frame
		}
		return c
	}
	for name, c := range map[string]float64{
		stageProbe: 640 * 360, stageSplit: 640 * 360, stageAudio: 640 * 360 * 3, stagePoster: 640 * 360,
		stageFirst: cost(plan[:1]), stageLadder: cost(plan[1:]),
	} {
		v.stage(name).Cost = c
	}
}

// looks is how many places of a film are looked at to find out whether it is one of slides, and still the part of the
// frames up to which it is.
const (
	looks       = 3
	lookSeconds = 4.0
	still       = 0.35
)

// split cuts a long film into chunks, and plans what is made of it.
func (s *Service) split(ctx context.Context, t taken, from time.Time, dir string) error {
	in, err := s.source(ctx, t, dir)
	if err != nil {
		return err
	}
	found := t.v.Plan.Found
	segment := ladder(found, false)[0].Segment()
	var chunks []float64
	if found.Duration >= splitFrom {
		if err := s.c.Objects.Room(t.v.Size); err != nil {
			return diskFull(err)
		}
		chunks, err = s.chunks(ctx, t, in, dir, cuts(found.Duration, segment))
		if err != nil {
			return err
		}
	}
	slides, err := s.slides(ctx, t, in, chunks)
	if err != nil {
		return err
	}
	sum, err := digestOf(ctx, in.Path)
	if err != nil {
		return err
	}
	plan := ladder(found, slides)
	return t.done(ctx, from, func(v *Video, _ *Stage, _ *Unit) error {
		v.Digest = sum
		v.Plan.Slides, v.Plan.Outputs, v.Plan.Chunks = slides, plan, chunks
		for _, name := range []string{stageFirst, stageLadder} {
			st := v.stage(name)
			if name == stageLadder && len(plan) == 1 {
				st.State, st.Units = StageSkipped, nil
				continue
			}
			st.Units = append(pieces(chunks, plan[0].Segment()), Unit{Last: true})
			st.Parts = len(st.Units)
		}
		costs(v, plan)
		return nil
	})
}

// slides looks at a few places of a film and returns whether it is one of slides or of a screen.
func (s *Service) slides(ctx context.Context, t taken, in Input, chunks []float64) (bool, error) {
	found := t.v.Plan.Found
	if found.Rate <= slideRate {
		return false, nil // it has few frames anyway
	}
	var sum float64
	for i := range looks {
		at := found.Duration * float64(i) / looks
		look, end := in, found.Duration
		if len(chunks) > 0 {
			n := max(0, sort(chunks, at))
			if n+1 < len(chunks) {
				end = chunks[n+1]
			}
			look, at, end = s.chunked(&t.v, t.org, n, n+1), 0, end-chunks[n]
		}
		part, err := s.c.Encoder.Changing(ctx, look, at, min(lookSeconds, end-at))
		if err != nil {
			return false, err
		}
		sum += part
	}
	return sum/looks <= still, nil
}

// sort returns the number of the chunk in which a second lies.
func sort(chunks []float64, at float64) int {
	n, ok := slices.BinarySearch(chunks, at)
	if ok {
		return n
	}
	return n - 1
}

// chunks cuts the film and stores the chunks. None: it cannot be cut.
func (s *Service) chunks(ctx context.Context, t taken, in Input, dir string, cuts []float64) ([]float64, error) {
	var starts []float64
	ordered := true
	err := s.c.Encoder.Split(ctx, in, dir, cuts, func(c Chunk) error {
		if len(starts) > 0 && c.Start <= starts[len(starts)-1] {
			ordered = false
		}
		if err := s.send(ctx, c.Path, t.v.chunkKey(t.org, len(starts)), "application/octet-stream"); err != nil {
			return err
		}
		starts = append(starts, c.Start)
		t.reached(c.Start / t.v.Plan.Found.Duration)
		return os.Remove(c.Path)
	})
	if errors.Is(err, ErrNotSplit) || err == nil && (!ordered || len(starts) < 2) {
		return nil, nil // what is stored of it is removed at the end
	}
	return starts, err
}

// chunked reads the chunks from one to before another, one after the other.
func (s *Service) chunked(v *Video, org string, from, to int) Input {
	return Input{Sort: OwnChunks, Open: func(ctx context.Context) (io.ReadCloser, error) {
		return s.series(ctx, func(n int) (string, bool) { return v.chunkKey(org, from+n), from+n < to }, true)
	}}
}

// piece makes a piece of the lowest rendition, or of all the others.
func (s *Service) piece(ctx context.Context, t taken, from time.Time, dir, name string, u Unit) error {
	plan := t.v.Plan
	outputs := plan.Outputs[:1]
	if name == stageLadder {
		outputs = plan.Outputs[1:]
	}
	j := Job{Start: float64(u.From) * outputs[0].Segment(), First: u.From, HDR: plan.Found.HDR, Height: plan.Found.Height, Outputs: outputs, MaxBytes: 64 << 20}
	j.Duration = plan.Found.Duration - j.Start
	if u.To > 0 {
		j.Segments = u.To - u.From
		j.Duration = float64(j.Segments) * outputs[0].Segment()
	}
	var err error
	if u.Chunk < 0 {
		j.Input, err = s.source(ctx, t, dir)
	} else {
		j.Input = s.chunked(&t.v, t.org, u.Chunk, len(plan.Chunks))
	}
	if err != nil {
		return err
	}
	for _, o := range outputs {
		folder := filepath.Join(dir, o.Name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return wrap("piece", err)
		}
		j.Folders = append(j.Folders, folder)
		j.MaxBytes += int64(float64(o.Bits) / 8 * max(j.Duration, SegmentSeconds) * 2)
	}
	if err := s.c.Objects.Room(j.MaxBytes / 2); err != nil {
		return diskFull(err)
	}
	err = s.c.Encoder.Encode(ctx, j, func(second float64) { t.reached(second / max(j.Duration, 1)) })
	if err != nil {
		if errors.Is(err, blob.ErrNotFound) && u.Chunk >= 0 {
			return fmt.Errorf("video.piece: a chunk is lost: %v", err) //nolint:errorlint // it is not the file that is lost
		}
		return err
	}
	made := make([]Made, len(outputs))
	for i, o := range outputs {
		if made[i], err = measurePiece(j.Folders[i], o, j); err != nil {
			return err
		}
		if err := s.sendFolder(ctx, j.Folders[i], t.v.prefix(t.org)+t.v.folder(o.Name)); err != nil {
			return err
		}
	}
	return t.done(ctx, from, func(_ *Video, _ *Stage, u *Unit) error {
		u.Made = made
		return nil
	})
}

// join makes one stream of the pieces: it checks that they fit and writes the playlists.
func (s *Service) join(ctx context.Context, t taken, from time.Time, name string) error {
	plan, st := t.v.Plan, t.v.stage(name)
	outputs := plan.Outputs[:1]
	if name == stageLadder {
		outputs = plan.Outputs[1:]
	}
	units := slices.DeleteFunc(slices.Clone(st.Units), func(u Unit) bool { return u.Last })
	var all []Rendition
	for i, o := range outputs {
		list := joined{Output: o}
		for n, u := range units {
			m := u.Made[i]
			if m.Segments > 0 && m.Init != units[0].Made[i].Init {
				return s.again(ctx, t, n) // made by another version of the encoder
			}
			if m.Frames > 0 && list.frames != u.From*o.Group {
				return fault.New(fault.Invalid, "video.truncated", "the file has a hole after %.0f of %.0f seconds", list.seconds(), plan.Found.Duration)
			}
			list.add(m)
		}
		if list.segments == 0 || list.seconds() < 0.9*plan.Found.Duration-2 {
			return fault.New(fault.Invalid, "video.truncated", "the file ends after %.0f of %.0f seconds", list.seconds(), plan.Found.Duration)
		}
		folder := t.v.folder(o.Name)
		r, text, err := s.rendition(ctx, t.v.prefix(t.org)+folder, list)
		if err != nil {
			return err
		}
		if _, err := s.c.Objects.Put(ctx, t.v.prefix(t.org)+folder+"/"+playlistFile, strings.NewReader(text), int64(len(text)), mediaType(playlistFile)); err != nil {
			return wrap("join", err)
		}
		r.Folder = folder
		all = append(all, r)
	}
	return t.done(ctx, from, func(v *Video, _ *Stage, _ *Unit) error {
		for _, r := range all {
			v.Plan.Made = append(slices.DeleteFunc(v.Plan.Made, func(o Rendition) bool { return o.Name == r.Name }), r)
		}
		slices.SortFunc(v.Plan.Made, func(a, b Rendition) int { return a.Width*a.Height - b.Width*b.Height })
		return nil
	})
}

// again lets a piece be made once more, and whoever comes next join the pieces.
func (s *Service) again(ctx context.Context, t taken, unit int) error {
	_, err := t.update(ctx, func(v *Video, st *Stage, u *Unit) error {
		now := s.now()
		st.Units[unit] = Unit{Chunk: st.Units[unit].Chunk, From: st.Units[unit].From, To: st.Units[unit].To}
		u.Lease = ""
		u.Due = now
		v.schedule(now)
		return nil
	})
	return err
}

// carry makes captions of the text tracks in the file. One that cannot be read is left out.
func (s *Service) carry(ctx context.Context, t taken, from time.Time, dir string) error {
	in, err := s.source(ctx, t, dir)
	if err != nil {
		return err
	}
	var tracks []Carried
	var trouble []error
	for n, track := range t.v.Plan.Found.Tracks {
		if len(tracks) >= maxCaptions {
			break
		}
		out := filepath.Join(dir, fmt.Sprintf("%d.vtt", n))
		err := s.c.Encoder.Text(ctx, in, n, out, MaxCaptions)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			var file []byte
			if file, err = os.ReadFile(out); err == nil {
				tracks = append(tracks, Carried{Lang: track.Lang, File: file})
			}
		}
		if err != nil {
			trouble = append(trouble, fmt.Errorf("text track %d: %w", n, err))
		}
	}
	carried, skipped, err := s.CarryOver(ctx, t.org, &t.v, tracks, t.v.Plan.Suffix)
	if err != nil {
		return err
	}
	if skipped+len(trouble) > 0 {
		s.c.Log.Info("text tracks were left out", "video", t.id, "org", t.org, "skipped", skipped, "error", errors.Join(trouble...))
	}
	return t.done(ctx, from, func(v *Video, _ *Stage, _ *Unit) error {
		carried(v)
		return nil
	})
}

// finish removes what was needed on the way; then the video is ready.
func (s *Service) finish(ctx context.Context, t taken, from time.Time) error {
	v := t.v
	if v.replacing() { // what plays, and what will
		v.Formers = append(slices.Clone(v.Formers), Former{Source: v.Source, Renditions: v.Renditions, Sound: v.Sound})
	}
	v.publish(true)
	v.State = Ready // as it will be
	if err := errors.Join(s.tidy(ctx, t.org, &v), s.forgetCopy(ctx, t.v.Source)); err != nil {
		return err
	}
	return t.done(ctx, from, func(v *Video, _ *Stage, _ *Unit) error {
		now, played, sound, length := s.now(), v.Renditions, v.Sound, v.Duration
		waits := v.replacing()
		s.retire(t.org, v)
		v.publish(true)
		if waits {
			s.picture(v, v.Plan.Poster, v.Plan.Storyboard)
		}
		s.succeeded(v, played, sound, length)
		if waits {
			s.bring(v, v.Plan.Captions)
		}
		v.State, v.Percent, v.Reason, v.Readied = Ready, 100, "", &now
		v.Plan.Chunks, v.Plan.Made, v.Plan.Sound, v.Plan.Poster, v.Plan.Storyboard, v.Plan.Captions = nil, nil, nil, "", nil, nil
		s.tell(v, people.Actor{}, WasReady, "")
		s.rest(v)
		return nil
	})
}

// retire notes what played until now as litter: players that have its addresses still find it for a while.
func (s *Service) retire(org string, v *Video) {
	old := slices.Clone(v.Renditions)
	if v.Sound != nil {
		old = append(old, *v.Sound)
	}
	for _, r := range old {
		if !strings.HasSuffix(r.Folder, "-"+v.Plan.Suffix) {
			s.litter(v, v.prefix(org)+r.Folder+"/", s.now().Add(litterAfter))
		}
	}
}

// show tells what the file is like, unless another one plays until everything is there.
func (v *Video) show(ready bool) {
	if !ready && v.replacing() {
		return
	}
	f := v.Plan.Found
	v.Duration, v.Width, v.Height, v.Media = f.Duration, f.Width, f.Height, &f.Media
}

// replacing reports whether something of an earlier file, or of an earlier program, plays.
func (v *Video) replacing() bool {
	return v.Plan != nil && slices.ContainsFunc(v.Renditions, func(r Rendition) bool { return !strings.HasSuffix(r.Folder, "-"+v.Plan.Suffix) })
}

// publish lets play what is complete: the lowest rendition with the sound, then more. Where an earlier file plays, that
// goes on until everything is there.
func (v *Video) publish(ready bool) {
	if !ready && v.replacing() || !v.did(stageFirst) || !v.did(stageAudio) || len(v.Plan.Made) == 0 {
		return
	}
	v.show(ready)
	v.Renditions, v.Sound, v.Playable = slices.Clone(v.Plan.Made), v.Plan.Sound, true
}

// short makes a name that no other attempt has used out of a lease.
func short(lease string) string {
	clean := strings.ReplaceAll(lease, "-", "")
	return clean[max(0, len(clean)-12):]
}

// sendFolder stores the files of a rendition, the playlist last.
func (s *Service) sendFolder(ctx context.Context, folder, prefix string) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return wrap("sendFolder", err)
	}
	for _, last := range []bool{false, true} {
		for _, f := range files {
			if (f.Name() == playlistFile) != last {
				continue
			}
			if err := s.send(ctx, filepath.Join(folder, f.Name()), prefix+"/"+f.Name(), mediaType(f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) send(ctx context.Context, file, key, contentType string) error {
	f, err := os.Open(file)
	if err != nil {
		return wrap("send", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return wrap("send", err)
	}
	if _, err := s.c.Objects.Put(ctx, key, f, info.Size(), contentType); err != nil {
		return wrap("send", err)
	}
	return nil
}

// digest names what an initialisation segment says.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// digestBlock is of how many bytes the digest of a file knows each block: browsers have no digest for long files.
const digestBlock = 8 << 20

// digestOf returns the SHA-256 of the SHA-256 of each block of a file, in hexadecimal.
func digestOf(ctx context.Context, file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", wrap("digest", err)
	}
	defer f.Close()
	all := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		block := sha256.New()
		n, err := io.CopyN(block, f, digestBlock)
		if n > 0 {
			all.Write(block.Sum(nil))
		}
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(all.Sum(nil)), nil
		}
		if err != nil {
			return "", wrap("digest", err)
		}
	}
}

func ceilBits(bytes int64, seconds float64) int { return int(math.Ceil(float64(bytes) * 8 / seconds)) }
