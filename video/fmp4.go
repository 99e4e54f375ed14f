package video

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errBoxes = errors.New("video: the encoder's files are not fragmented MP4 as expected")

// box is one box of an MP4 file (ISO/IEC 14496-12 §4.2).
type box struct {
	kind string
	body []byte // what follows the header
}

// boxes returns the boxes that b consists of.
func boxes(b []byte) ([]box, error) {
	var all []box
	for len(b) > 0 {
		if len(b) < 8 {
			return nil, errBoxes
		}
		size := int(binary.BigEndian.Uint32(b))
		if size < 8 || size > len(b) {
			return nil, errBoxes
		}
		all = append(all, box{string(b[4:8]), b[8:size]})
		b = b[size:]
	}
	return all, nil
}

// inside returns the body of the first box at a path.
func inside(b []byte, path ...string) ([]byte, error) {
	for _, kind := range path {
		all, err := boxes(b)
		if err != nil {
			return nil, err
		}
		b = nil
		for _, x := range all {
			if x.kind == kind {
				b = x.body
				break
			}
		}
		if b == nil {
			return nil, fmt.Errorf("%w: no %s", errBoxes, kind)
		}
	}
	return b, nil
}

// timescale returns how many units of its media time an initialisation segment counts a second (§8.4.2).
func timescale(head []byte) (uint64, error) {
	b, err := inside(head, "moov", "trak", "mdia", "mdhd")
	if err != nil {
		return 0, err
	}
	at := 12 // version 0: flags, created, changed
	if len(b) > 0 && b[0] == 1 {
		at = 20
	}
	if len(b) < at+4 || binary.BigEndian.Uint32(b[at:]) == 0 {
		return 0, errBoxes
	}
	return uint64(binary.BigEndian.Uint32(b[at:])), nil
}

// shift moves a segment to another place of its stream, in place: time is added to when it is decoded and shown, number
// to the numbers of its fragments. It returns how many frames are in it.
func shift(segment []byte, time uint64, number uint32) (frames int, err error) {
	all, err := boxes(segment)
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		switch x.kind {
		case "sidx": // §8.16.3: version and flags, reference, timescale, earliest presentation time
			if err := add(x.body, 12, time); err != nil {
				return 0, err
			}
		case "moof":
			inner, err := boxes(x.body)
			if err != nil {
				return 0, err
			}
			for _, y := range inner {
				switch y.kind {
				case "mfhd": // §8.8.5
					if len(y.body) < 8 {
						return 0, errBoxes
					}
					binary.BigEndian.PutUint32(y.body[4:], binary.BigEndian.Uint32(y.body[4:])+number)
				case "traf":
					n, err := shiftTrack(y.body, time)
					if err != nil {
						return 0, err
					}
					frames += n
				}
			}
		}
	}
	return frames, nil
}

func shiftTrack(traf []byte, time uint64) (frames int, err error) {
	all, err := boxes(traf)
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		switch x.kind {
		case "tfdt": // §8.8.12
			if err := add(x.body, 4, time); err != nil {
				return 0, err
			}
		case "trun": // §8.8.8: version and flags, number of samples
			if len(x.body) < 8 {
				return 0, errBoxes
			}
			frames += int(binary.BigEndian.Uint32(x.body[4:]))
		}
	}
	return frames, nil
}

// add adds to the time at a place of a full box, whose version says how wide it is.
func add(body []byte, at int, time uint64) error {
	switch {
	case len(body) >= at+8 && body[0] == 1:
		binary.BigEndian.PutUint64(body[at:], binary.BigEndian.Uint64(body[at:])+time)
	case len(body) >= at+4 && body[0] == 0 && uint64(binary.BigEndian.Uint32(body[at:]))+time < 1<<32:
		binary.BigEndian.PutUint32(body[at:], uint32(uint64(binary.BigEndian.Uint32(body[at:]))+time))
	default:
		return errBoxes
	}
	return nil
}
