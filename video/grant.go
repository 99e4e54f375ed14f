package video

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/people"
)

// MediaBase is the path under which media are answered: MediaBase + grant + "/" + name.
const MediaBase = "/media/"

// Playback is what a player needs to play a video.
type Playback struct {
	URL        string // of the HLS master playlist
	Poster     string // URL; empty while there is none
	Captions   []PlaybackCaption
	Duration   float64   // seconds
	Renditions []string  // names of what can be played now, e.g. "360p"; a video in work grows more
	Sound      bool      // it has sound
	State      State     // Ready, or Processing while more renditions are made
	Expires    time.Time // when the URLs end; the player asks for new ones before
}

// PlaybackCaption is a text track for a player.
type PlaybackCaption struct {
	Kind string // caption.Captions, Descriptions or Chapters
	Lang string // BCP 47
	URL  string // of WebVTT
	// Unchecked: a machine has written it and nobody has read it yet; players say so.
	Unchecked bool
}

// Sorts of grant. A player gets one to play, which the playlists are answered to, and only to the session it was
// made for. The playlists name the segments under a grant to read, which is the same for everybody and for a whole
// window of time, so that segments can be cached on the way, and which can read nothing else.
const (
	grantPlay = "p"
	grantRead = "r"
	grantTake = "t" // to keep files: as one to play

	// window is how long a grant stays the same. It ends at the end of the next window, so that a URL lasts for 12 to
	// 24 hours: nobody's lesson breaks off because of a long break.
	window = 12 * time.Hour
)

type grant struct {
	sort    string
	org, id string
	session string // digest; empty: of nobody in particular
	expires time.Time
}

func (s *Service) expiry() time.Time { return s.now().Truncate(window).Add(2 * window) }

func sessionDigest(session string) string {
	if session == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("palestra session\x00" + session))
	return hex.EncodeToString(sum[:8])
}

// sign writes a grant as text for a URL.
func (s *Service) sign(g grant) string {
	payload := strings.Join([]string{g.sort, strconv.FormatInt(g.expires.Unix(), 36), g.org, g.id, g.session}, "~")
	return base64.RawURLEncoding.EncodeToString([]byte(payload)) + "." + base64.RawURLEncoding.EncodeToString(s.mac(payload))
}

func (s *Service) mac(payload string) []byte {
	m := hmac.New(sha256.New, s.c.Key)
	m.Write([]byte("palestra media\x00" + payload))
	return m.Sum(nil)[:16]
}

// read reads a grant. faults video.grant_invalid, video.grant_expired
func (s *Service) read(text string) (grant, error) {
	invalid := fault.New(fault.Forbidden, "video.grant_invalid", "this address was not made by us")
	if len(text) > 1000 {
		return grant{}, invalid
	}
	left, right, ok := strings.Cut(text, ".")
	payload, err1 := base64.RawURLEncoding.Strict().DecodeString(left)
	mac, err2 := base64.RawURLEncoding.Strict().DecodeString(right)
	if !ok || err1 != nil || err2 != nil || !hmac.Equal(mac, s.mac(string(payload))) {
		return grant{}, invalid
	}
	f := strings.Split(string(payload), "~")
	if len(f) != 5 {
		return grant{}, invalid
	}
	unix, err := strconv.ParseInt(f[1], 36, 64)
	if err != nil {
		return grant{}, invalid
	}
	g := grant{sort: f[0], expires: time.Unix(unix, 0).UTC(), org: f[2], id: f[3], session: f[4]}
	if !g.expires.After(s.now()) {
		return grant{}, fault.New(fault.Gone, "video.grant_expired", "this address has expired; open the lesson again")
	}
	return g, nil
}

// Grant lets a session play a video and returns the addresses. Whether it may is for the caller to decide. An empty
// session lets everybody play who has the address, for public previews.
// faults video.not_found, video.not_playable
func (s *Service) Grant(ctx context.Context, org, id, session string) (Playback, error) {
	v, err := s.get(ctx, org, id)
	if err != nil {
		return Playback{}, err
	}
	if !v.Playable {
		return Playback{}, fault.New(fault.Conflict, "video.not_playable", "the video cannot be played yet").With("state", v.State)
	}
	until := s.expiry()
	play := s.sign(grant{grantPlay, org, id, sessionDigest(session), until})
	p := Playback{URL: MediaBase + play + "/master.m3u8", Duration: v.Duration, State: v.State, Expires: until, Sound: v.Sound != nil}
	if p.State == Uploaded || p.State == Failed { // to be tried again, or its higher renditions are: what is there plays
		p.State = Ready
	}
	if v.Poster != "" {
		if p.Poster, err = s.address(ctx, org, &v, v.Poster, until); err != nil {
			return Playback{}, err
		}
	}
	for _, c := range v.Captions {
		// Always by way of us: a text track from another origin needs more than its address.
		p.Captions = append(p.Captions, PlaybackCaption{c.kind(), c.Lang, s.readAddress(org, &v, c.Key, until), c.Unchecked})
	}
	for _, r := range v.Renditions {
		p.Renditions = append(p.Renditions, r.Name)
	}
	return p, nil
}

// GrantTo lets an author play a video of her organisation. faults people.unsigned, people.forbidden and Grant's
func (s *Service) GrantTo(ctx context.Context, by people.Actor, id string) (Playback, error) {
	if err := by.Must(people.Author); err != nil {
		return Playback{}, err
	}
	return s.Grant(ctx, by.Organisation, id, by.Session)
}

// address returns where a browser reads an object: at the store itself if it reaches that, else at us.
func (s *Service) address(ctx context.Context, org string, v *Video, key string, until time.Time) (string, error) {
	if s.c.Objects.Reachable() {
		u, err := s.c.Objects.PresignGet(ctx, key, until.Sub(s.now()))
		return u, wrap("address", err)
	}
	return s.readAddress(org, v, key, until), nil
}

func (s *Service) readAddress(org string, v *Video, key string, until time.Time) string {
	return MediaBase + s.sign(grant{grantRead, org, v.ID, "", until}) + "/" + strings.TrimPrefix(key, v.prefix(org))
}

// Answer is what is answered under an address: either a text made now, or an object of the store.
type Answer struct {
	Body    []byte // of a playlist or of captions; else nil
	Key     string // of an object; else empty
	Type    string
	Expires time.Time // of an object's address; its content never changes
	Keep    bool      // it is a file to be kept
	// Stream opens a file that is put together while it is read, of so many bytes; nil for all else.
	Stream func(ctx context.Context) (io.ReadCloser, error)
	Size   int64
}

// what can be read: never the file itself.
var readable = regexp.MustCompile(`^(?:[a-z0-9]{1,20}-[a-z0-9]{1,20}/(?:init\.mp4|seg-[0-9]{5,7}\.m4s)|(?:poster|storyboard)-[a-z0-9]{1,20}(?:-[0-9]{3})?\.jpg|captions/[A-Za-z0-9-]{1,80}\.vtt)$`)

// Media resolves an address for whoever asks in a session. faults video.grant_invalid, video.grant_expired,
// video.grant_of_another, video.not_found
func (s *Service) Media(ctx context.Context, granted, name, session string) (Answer, error) {
	g, err := s.read(granted)
	if err != nil {
		return Answer{}, err
	}
	v := Video{}
	v.ID = g.id
	if g.sort == grantRead {
		if !readable.MatchString(name) {
			return Answer{}, notFound(g.id)
		}
		return Answer{Key: v.prefix(g.org) + name, Type: mediaType(name), Expires: g.expires}, nil
	}
	if g.session != "" && g.session != sessionDigest(session) {
		return Answer{}, fault.New(fault.Forbidden, "video.grant_of_another", "this address was made for somebody else; open the lesson yourself")
	}
	if g.sort == grantTake {
		return s.kept(ctx, g, name)
	}
	if v, err = s.get(ctx, g.org, g.id); err != nil {
		return Answer{}, err
	}
	if name == "master.m3u8" {
		return Answer{Body: masterPlaylist(&v, func(r Rendition) string { return r.Folder + "/" + playlistFile }), Type: mediaType(name)}, nil
	}
	folder, file, _ := strings.Cut(name, "/")
	renditions := slices.Clone(v.Renditions)
	if v.Sound != nil {
		renditions = append(renditions, *v.Sound)
	}
	for _, f := range v.Formers { // whoever has begun with that goes on with it
		renditions = append(renditions, f.Renditions...)
		if f.Sound != nil {
			renditions = append(renditions, *f.Sound)
		}
	}
	for _, r := range renditions {
		if r.Folder == folder && file == playlistFile {
			body, err := s.playlist(ctx, g, &v, r)
			return Answer{Body: body, Type: mediaType(name)}, err
		}
	}
	return Answer{}, notFound(g.id)
}

// playlist returns the playlist of a rendition with the addresses of its segments.
func (s *Service) playlist(ctx context.Context, g grant, v *Video, r Rendition) ([]byte, error) {
	folder := v.prefix(g.org) + r.Folder + "/"
	body, _, err := s.c.Objects.Get(ctx, folder+playlistFile, 0, -1)
	if err != nil {
		return nil, wrap("playlist", err)
	}
	defer body.Close() // read to its end or given up
	text, err := io.ReadAll(io.LimitReader(body, 8<<20))
	if err != nil {
		return nil, wrap("playlist", err)
	}
	until := s.expiry()
	var out bytes.Buffer
	out.Grow(2 * len(text))
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#EXT-X-MAP:"):
			u, err := s.address(ctx, g.org, v, folder+initFile, until)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&out, "#EXT-X-MAP:URI=%q\n", u)
		case line == "" || strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
		default:
			u, err := s.address(ctx, g.org, v, folder+line, until)
			if err != nil {
				return nil, err
			}
			out.WriteString(u + "\n")
		}
	}
	return out.Bytes(), nil
}

// Stat describes an object that Media resolved. fault video.not_found
func (s *Service) Stat(ctx context.Context, m Answer) (blob.Info, error) {
	info, err := s.c.Objects.Stat(ctx, m.Key)
	return info, gone(err)
}

// Open reads length bytes from start of an object that Media resolved; length -1 means to its end. The caller closes
// the reader. fault video.not_found
func (s *Service) Open(ctx context.Context, m Answer, start, length int64) (io.ReadCloser, blob.Info, error) {
	r, info, err := s.c.Objects.Get(ctx, m.Key, start, length)
	return r, info, gone(err)
}

func gone(err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return fault.New(fault.NotFound, "video.media_gone", "this part of the video is not there any more; open the lesson again").Because(err)
	}
	return wrap("Open", err)
}

// PosterAddress returns where an author sees the still picture of a video; empty while there is none.
func (s *Service) PosterAddress(ctx context.Context, by people.Actor, v Video) (string, error) {
	if v.Poster == "" {
		return "", nil
	}
	return s.address(ctx, by.Organisation, &v, v.Poster, s.expiry())
}
