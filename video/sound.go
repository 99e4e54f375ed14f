package video

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// How loud every film is: EBU R 128, and its highest true peak, of which the highest sample may fall short by one more.
const (
	loudness = -23.0 // LUFS
	peak     = -2.0  // dBFS
	mostGain = 24.0  // dB; what is quieter is meant to be, or is noise
)

// audio makes the sound, whole and in one go: joints could be heard.
func (s *Service) audio(ctx context.Context, t taken, from time.Time, dir string) error {
	in, err := s.source(ctx, t, dir)
	if err != nil {
		return err
	}
	found := t.v.Plan.Found
	l, err := s.c.Encoder.Loudness(ctx, in)
	if err != nil {
		return err
	}
	j := SoundJob{Input: in, Duration: found.Duration, Bits: soundBits, Folder: filepath.Join(dir, soundName),
		MaxBytes: 64<<20 + int64(soundBits/8*found.Duration*2)}
	if !l.Silent {
		j.Gain = min(loudness-l.Integrated, mostGain)
		j.Limit = l.Peak+j.Gain > peak
	}
	if err := os.MkdirAll(j.Folder, 0o700); err != nil {
		return wrap("audio", err)
	}
	if err := s.c.Objects.Room(j.MaxBytes / 2); err != nil {
		return diskFull(err)
	}
	if err := s.c.Encoder.Sound(ctx, j, func(second float64) { t.reached(second / max(found.Duration, 1)) }); err != nil {
		return err
	}
	r, err := readRendition(soundName, j.Folder)
	if err != nil {
		return err
	}
	r.Folder = t.v.folder(soundName)
	if err := s.sendFolder(ctx, j.Folder, t.v.prefix(t.org)+r.Folder); err != nil {
		return err
	}
	return t.done(ctx, from, func(v *Video, _ *Stage, _ *Unit) error {
		v.Plan.Sound = &r
		return nil
	})
}
