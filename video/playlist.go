package video

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	playlistFile = "index.m3u8"
	initFile     = "init.mp4"
)

// mediaType returns the media type of a stored file by its ending.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".m3u8":
		return "application/vnd.apple.mpegurl"
	case ".mp4":
		return "video/mp4"
	case ".m4s":
		return "video/iso.segment"
	case ".jpg":
		return "image/jpeg"
	case ".vtt":
		return "text/vtt; charset=utf-8"
	}
	return "application/octet-stream"
}

// readRendition measures the sound that an encoder has made, and refuses what is not a whole rendition.
func readRendition(name, folder string) (Rendition, error) {
	r := Rendition{Name: name}
	text, err := os.ReadFile(filepath.Join(folder, playlistFile))
	if err != nil {
		return r, wrap("readRendition", err)
	}
	segments, err := parsePlaylist(text)
	if err != nil {
		return r, err
	}
	head, err := os.ReadFile(filepath.Join(folder, initFile))
	if err != nil {
		return r, wrap("readRendition", err)
	}
	if r.Codecs, err = codecs(head, true); err != nil {
		return r, err
	}
	r.Bytes, r.Objects = int64(len(text)+len(head)), 2
	var seconds float64
	var media int64
	for _, g := range segments {
		info, err := os.Stat(filepath.Join(folder, g.name))
		if err != nil {
			return r, wrap("readRendition", err)
		}
		media += info.Size()
		seconds += g.seconds
		r.Objects++
		if g.seconds > 0.5 { // a stub at the end says nothing about the line it needs
			r.Bandwidth = max(r.Bandwidth, int(math.Ceil(float64(info.Size())*8/g.seconds)))
		}
	}
	r.Bytes += media
	if seconds > 0 {
		r.Average = int(math.Ceil(float64(media) * 8 / seconds))
	}
	r.Bandwidth = max(r.Bandwidth, r.Average, 1)
	return r, nil
}

type segment struct {
	name    string
	seconds float64
}

// parsePlaylist reads a media playlist (RFC 8216 §4.3) as our encoder writes it.
func parsePlaylist(text []byte) ([]segment, error) {
	if !bytes.HasPrefix(text, []byte("#EXTM3U")) || !bytes.Contains(text, []byte("#EXT-X-ENDLIST")) {
		return nil, errors.New("video: the playlist is not complete")
	}
	var segments []segment
	var seconds float64
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#EXTINF:"):
			value, _, _ := strings.Cut(line[len("#EXTINF:"):], ",")
			var err error
			if seconds, err = strconv.ParseFloat(value, 64); err != nil || seconds < 0 || seconds > 3600 {
				return nil, fmt.Errorf("video: the playlist has a segment of %q seconds", value)
			}
		case line == "" || strings.HasPrefix(line, "#"):
		case line != path.Base(line):
			return nil, fmt.Errorf("video: the playlist names %q", line)
		default:
			segments = append(segments, segment{line, seconds})
		}
	}
	if len(segments) == 0 {
		return nil, errors.New("video: the playlist has no segments")
	}
	return segments, nil
}

// codecs returns the RFC 6381 name of what an initialisation segment announces.
func codecs(head []byte, sound bool) (string, error) {
	if sound {
		if !bytes.Contains(head, []byte("mp4a")) {
			return "", errors.New("video: the sound is not AAC")
		}
		return "mp4a.40.2", nil // AAC-LC
	}
	i := bytes.Index(head, []byte("avcC"))
	if i < 0 || len(head) < i+8 {
		return "", errors.New("video: the picture is not H.264")
	}
	return fmt.Sprintf("avc1.%02x%02x%02x", head[i+5], head[i+6], head[i+7]), nil // ISO/IEC 14496-15 §5.3.3.1
}

// masterPlaylist lists the renditions (RFC 8216 §4.3.4), lowest first, so that a player without a measurement begins
// with the one that surely arrives. uri makes the address of a rendition's playlist.
func masterPlaylist(v *Video, uri func(Rendition) string) []byte {
	var b bytes.Buffer
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	group, codec, peak, mean := "", "", 0, 0
	if v.Sound != nil {
		fmt.Fprintf(&b, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"sound\",DEFAULT=YES,AUTOSELECT=YES,URI=%q\n", uri(*v.Sound))
		group, codec, peak, mean = `,AUDIO="sound"`, ","+v.Sound.Codecs, v.Sound.Bandwidth, v.Sound.Average
	}
	for _, r := range v.Renditions {
		fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d,AVERAGE-BANDWIDTH=%d,CODECS=\"%s\",RESOLUTION=%dx%d,FRAME-RATE=%.3f%s\n%s\n",
			r.Bandwidth+peak, r.Average+mean, r.Codecs+codec, r.Width, r.Height, r.Rate, group, uri(r))
	}
	if v.Sound != nil {
		fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d,AVERAGE-BANDWIDTH=%d,CODECS=\"%s\"%s\n%s\n",
			v.Sound.Bandwidth, v.Sound.Average, v.Sound.Codecs, group, uri(*v.Sound))
	}
	return b.Bytes()
}
