package video_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/video"
	"palestra/video/videotest"
)

// Parts come in any order, some twice, from two browsers of the same author at once, and the file is whole.
func TestParallelParts(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, nil)
	ctx, by := t.Context(), videotest.Grace()
	file := make([]byte, 7*blob.MinPart+12345)
	rand.NewChaCha8([32]byte{2}).Read(file)
	s, err := w.Video.BeginUpload(ctx, by, video.Begin{Name: "a.mp4", Size: int64(len(file)), Checksum: "x"})
	if err != nil {
		t.Fatal(err)
	}
	put := func(n int, change func([]byte)) error {
		p := s.Parts[n]
		b := bytes.Clone(file[int64(n)*blob.MinPart : int64(n)*blob.MinPart+p.Size])
		sum := videotest.Sum(b)
		if change != nil {
			change(b)
		}
		_, err := w.Video.PutPart(context.Background(), by, s.Video.ID, p.Number, bytes.NewReader(b), p.Size, sum)
		return err
	}
	if err := put(3, func(b []byte) { b[77]++ }); !fault.Is(err, "video.part_checksum") {
		t.Fatalf("a part that was changed on its way: %v", err)
	}
	var wg sync.WaitGroup
	for range 2 { // two browsers
		order := rand.Perm(len(s.Parts))
		next := make(chan int, len(order)+2)
		for _, n := range append(order, order[0], order[1]) {
			next <- n
		}
		close(next)
		for range 3 {
			wg.Go(func() {
				for n := range next {
					if err := put(n, nil); err != nil {
						t.Errorf("part %d: %v", n+1, err)
					}
				}
			})
		}
	}
	wg.Wait()
	var done sync.WaitGroup
	for range 3 {
		done.Go(func() {
			v, err := w.Video.FinishUpload(context.Background(), by, s.Video.ID)
			if err != nil && !fault.Is(err, "video.finish_again") || err == nil && v.State != video.Uploaded {
				t.Errorf("finished: %s, %v", v.State, err)
			}
		})
	}
	done.Wait()
	var v video.Video
	videotest.Eventually(t, "the file is whole", func() bool {
		v, err = w.Video.FinishUpload(ctx, by, s.Video.ID)
		if err != nil && !fault.Is(err, "video.finish_again") {
			t.Fatal(err)
		}
		return err == nil
	})
	same(t, w, v, file)
	if n := used(t, w); n != int64(len(file)) {
		t.Errorf("%d bytes are used, want %d", n, len(file))
	}
}

// A file of any size has at most as many parts as the store permits, all of them but the last are as large as it asks, and
// together they are the file.
func TestPartsOfLargeFiles(t *testing.T) {
	t.Parallel()
	w := videotest.New(t, func(c *video.Config) { c.PartSize = 8 << 20 })
	for _, size := range []int64{1, 8<<20 - 1, 8 << 20, 8<<20 + 1, 20 << 30, 20_000_000_000, 80 << 30, 80<<30 + 1, 5 << 40} {
		u := w.Video.Cut(size)
		last := size - int64(u.Parts-1)*u.PartSize
		if u.Parts < 1 || u.Parts > w.Objects.MostParts() || u.PartSize < blob.MinPart || last < 1 || last > u.PartSize {
			t.Errorf("%d bytes: %d parts of %d, the last of %d", size, u.Parts, u.PartSize, last)
		}
	}
	// The whole way of announcing 20 GiB, short of sending it: what is refused is one byte more.
	if _, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 20<<30 + 1}); !fault.Is(err, "video.too_large") {
		t.Errorf("one byte too many: %v", err)
	}
	s, err := w.Video.BeginUpload(t.Context(), videotest.Grace(), video.Begin{Name: "a.mp4", Size: 20 << 30})
	if fault.Is(err, "video.disk_full") {
		t.Skip("the disk has less than 40 GiB")
	}
	if err != nil || len(s.Parts) != 320 || s.Parts[319].Size != 64<<20 {
		t.Errorf("%d parts, %v", len(s.Parts), err)
	}
}
