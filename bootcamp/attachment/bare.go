package attachment

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

var errNoPicture = errors.New("attachment: not a whole picture")

// Bare returns a picture without what cameras and programs write into it beside the picture: when, where, with what and by
// whom it was taken, a smaller picture of it, and whatever stands behind its end. What it looks like stays, how it is turned,
// too. Kinds that carry no such thing, and what is no picture, stay as they are.
func Bare(mime string, data []byte) ([]byte, error) {
	switch mime {
	case "image/jpeg":
		return bareJPEG(data)
	case "image/png":
		return barePNG(data)
	case "image/webp":
		return bareWebP(data)
	}
	return data, nil
}

// Markers of JPEG (ITU-T T.81 table B.1).
const (
	startOfScan  = 0xda
	endOfImage   = 0xd9
	comment      = 0xfe
	application0 = 0xe0
)

// keptApplications are segments that say how the picture looks: JFIF, colour profiles, Adobe's transform.
func keptApplication(marker byte) bool {
	return marker == application0 || marker == application0+2 || marker == application0+14
}

func bareJPEG(data []byte) ([]byte, error) {
	if len(data) < 4 || data[0] != 0xff || data[1] != 0xd8 {
		return nil, errNoPicture
	}
	out := append(make([]byte, 0, len(data)), data[:2]...)
	for i := 2; ; {
		for i < len(data) && data[i] == 0xff && i+1 < len(data) && data[i+1] == 0xff {
			i++ // fill bytes
		}
		if i+2 > len(data) || data[i] != 0xff {
			return nil, errNoPicture
		}
		marker := data[i+1]
		if marker == endOfImage {
			return append(out, data[i:i+2]...), nil
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd8 {
			return nil, errNoPicture // stands only within a scan
		}
		if i+4 > len(data) {
			return nil, errNoPicture
		}
		end := i + 2 + int(binary.BigEndian.Uint16(data[i+2:]))
		if end > len(data) || end < i+4 {
			return nil, errNoPicture
		}
		switch {
		case marker == application0+1:
			if o := orientation(data[i+4 : end]); o > 1 {
				out = append(out, turned(o)...)
			}
		case marker == comment, marker >= application0 && marker <= application0+15 && !keptApplication(marker):
		default:
			out = append(out, data[i:end]...)
		}
		i = end
		if marker != startOfScan {
			continue
		}
		for ; i+1 < len(data); i++ { // the scan: its bytes 0xff are followed by 0, or are restarts
			if data[i] == 0xff && data[i+1] != 0 && (data[i+1] < 0xd0 || data[i+1] > 0xd7) && data[i+1] != 0xff {
				break
			}
		}
		out = append(out, data[end:i]...)
	}
}

const exif = "Exif\x00\x00"

// orientation returns how a picture is to be turned, 1 to 8 (Exif 2.32 §4.6.4); 0 for not said.
func orientation(segment []byte) uint16 {
	tiff, ok := bytes.CutPrefix(segment, []byte(exif))
	if !ok || len(tiff) < 14 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	count := int64(order.Uint16(tiff[at:]))
	for n := range count {
		entry := at + 2 + 12*n
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if o := order.Uint16(tiff[entry+8:]); o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}

// turned is a segment that says nothing but how a picture is turned.
func turned(o uint16) []byte {
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, byte(o >> 8), byte(o), 0, 0, 0, 0, 0, 0}
	size := 2 + len(exif) + len(tiff)
	return slices.Concat([]byte{0xff, application0 + 1, byte(size >> 8), byte(size)}, []byte(exif), tiff)
}

func barePNG(data []byte) ([]byte, error) {
	const signature = 8
	if len(data) < signature {
		return nil, errNoPicture
	}
	out := append(make([]byte, 0, len(data)), data[:signature]...)
	for i := signature; ; {
		if i+12 > len(data) {
			return nil, errNoPicture
		}
		end := int64(i) + 12 + int64(binary.BigEndian.Uint32(data[i:]))
		if end > int64(len(data)) {
			return nil, errNoPicture
		}
		kind := string(data[i+4 : i+8])
		if !slices.Contains([]string{"eXIf", "tEXt", "zTXt", "iTXt", "tIME"}, kind) {
			out = append(out, data[i:end]...)
		}
		if i = int(end); kind == "IEND" {
			return out, nil
		}
	}
}

func bareWebP(data []byte) ([]byte, error) {
	const head = 12 // RIFF, size, WEBP
	if len(data) < head {
		return nil, errNoPicture
	}
	whole := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if whole > int64(len(data)) {
		return nil, errNoPicture
	}
	data = data[:whole]
	out := append(make([]byte, 0, len(data)), data[:head]...)
	for i := head; i < len(data); {
		if i+8 > len(data) {
			return nil, errNoPicture
		}
		size := int64(binary.LittleEndian.Uint32(data[i+4:]))
		end := int64(i) + 8 + size + size%2
		if end > int64(len(data)) {
			return nil, errNoPicture
		}
		switch kind := string(data[i : i+4]); {
		case kind == "EXIF" || kind == "XMP ":
		case kind == "VP8X" && size > 0:
			at := len(out) + 8
			out = append(out, data[i:end]...)
			out[at] &^= 0x08 | 0x04 // it has neither
		default:
			out = append(out, data[i:end]...)
		}
		i = int(end)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) // not longer than what came in
	return out, nil
}
