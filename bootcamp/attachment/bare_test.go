package attachment

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

const secret = "44.0000N 10.5000E"

func drawn() image.Image {
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		m.Set(x, x%30, color.White)
	}
	return m
}

func segment(marker byte, data string) []byte {
	return slices.Concat([]byte{0xff, marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}, []byte(data))
}

// camera returns a JPEG with what cameras add to it, turned in the byte order that is asked for.
func camera(t *testing.T, order binary.ByteOrder, mark string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	tiff := []byte(mark)
	for _, n := range []uint16{42} {
		tiff = append16(tiff, order, n)
	}
	tiff = append32(tiff, order, 8)
	tiff = append16(tiff, order, 1)
	tiff = append16(append16(tiff, order, 0x0112), order, 3)
	tiff = append16(append16(append32(tiff, order, 1), order, 6), order, 0)
	tiff = append32(tiff, order, 0)
	return slices.Concat(b.Bytes()[:2], segment(0xe1, exif+string(tiff)+secret), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret), segment(0xed, secret), segment(0xfe, secret),
		b.Bytes()[2:], []byte(secret))
}

func append16(b []byte, order binary.ByteOrder, n uint16) []byte {
	x := make([]byte, 2)
	order.PutUint16(x, n)
	return append(b, x...)
}

func append32(b []byte, order binary.ByteOrder, n uint32) []byte {
	x := make([]byte, 4)
	order.PutUint32(x, n)
	return append(b, x...)
}

func chunk(kind, data string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, kind+data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(kind+data)))
}

func TestBare(t *testing.T) {
	t.Parallel()
	var p bytes.Buffer
	if err := png.Encode(&p, drawn()); err != nil {
		t.Fatal(err)
	}
	head := 8 + 25 // the signature and IHDR
	noted := slices.Concat(p.Bytes()[:head], chunk("eXIf", secret), chunk("tEXt", "where\x00"+secret), chunk("iTXt", secret), p.Bytes()[head:], []byte(secret))
	riff := func(kind, data string) []byte {
		out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
		out = append(out, data...)
		return append(out, make([]byte, len(data)%2)...)
	}
	body := slices.Concat([]byte("WEBP"), riff("VP8X", "\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00"), riff("VP8 ", "abc"), riff("EXIF", secret), riff("XMP ", secret))
	webp := slices.Concat([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body, []byte(secret))
	for _, tc := range []struct {
		name, mime string
		in         []byte
	}{
		{"a camera's, big end first", "image/jpeg", camera(t, binary.BigEndian, "MM")},
		{"a camera's, little end first", "image/jpeg", camera(t, binary.LittleEndian, "II")},
		{"a program's", "image/png", noted},
		{"a telephone's", "image/webp", webp},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := Bare(tc.mime, tc.in)
			if err != nil || bytes.Contains(got, []byte(secret)) {
				t.Fatalf("%d of %d bytes are left with the place in them: %v, %v", len(got), len(tc.in), bytes.Contains(got, []byte(secret)), err)
			}
			again, err := Bare(tc.mime, got)
			if err != nil || !bytes.Equal(got, again) {
				t.Errorf("done again it is another: %v", err)
			}
			if tc.mime == "image/webp" {
				if want := 12 + 18 + 12; len(got) != want || int(binary.LittleEndian.Uint32(got[4:]))+8 != want || got[20] != 0x10 {
					t.Errorf("%d bytes, %q", len(got), got)
				}
				return
			}
			m, _, err := image.Decode(bytes.NewReader(got))
			if err != nil || m.Bounds() != drawn().Bounds() {
				t.Fatalf("it is no picture any more: %v", err)
			}
			if tc.mime == "image/jpeg" && orientation(got[6:]) != 6 {
				t.Error("how it is turned has gone")
			}
		})
	}
}

func FuzzBare(f *testing.F) {
	f.Add("image/jpeg", []byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xd9"))
	f.Add("image/png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND\xaeB`\x82"))
	f.Add("image/webp", []byte("RIFF\x04\x00\x00\x00WEBP"))
	f.Fuzz(func(t *testing.T, mime string, in []byte) {
		out, err := Bare(mime, in)
		if err != nil {
			return
		}
		if len(out) > len(in)+40 {
			t.Fatalf("%d bytes of %d", len(out), len(in))
		}
		again, err := Bare(mime, out)
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("%q became %q, and then %q (%v)", in, out, again, err)
		}
	})
}
