// Package video is what can be watched: the upload of a file, what is made of it, its captions, and who may play it.
//
// A video is one document. It says at every moment what state the video is in, what is due next and who holds it, so
// that any process can be killed anywhere and another one goes on:
//
//	uploading → uploaded → processing → ready
//	                 ↑           ↓
//	               Retry ←── failed (with a reason)
//
// While it is processing a video becomes Playable as soon as its lowest rendition is stored; whoever starts to watch
// later sees more renditions. Ready means that all of them are there.
//
// What is processed goes through stages (Stage), and each stage has units that any worker on any machine may take. A
// unit is held by a lease in the document. Encoders give the same bytes each time, and what a unit makes has names that
// the document knows before it begins: so a unit may be done twice, or half, and then again, and nothing is left over.
//
// The bytes lie in the object store under v/<organisation>/<video>/. Every object there is named by the document, or is
// removed by whoever works on the video next: the document is always written before the first byte and removed after
// the last.
package video

import (
	"time"

	"palestra/internal/store"
)

// State is where a video is on its way. There are exactly these five.
type State string

// The states.
const (
	Uploading  State = "uploading"  // parts are being sent; Video.Upload says which
	Uploaded   State = "uploaded"   // the file is whole and waits for a worker
	Processing State = "processing" // a worker has it; Percent says how far it is
	Ready      State = "ready"      // every rendition is stored
	Failed     State = "failed"     // Reason says why; Retry goes on at the stage that failed
)

// Video is the document.
type Video struct {
	store.Meta `bson:",inline"`

	Name     string // of the file, as the author sees it
	Type     string // media type as the browser said, for the record only
	Size     int64  // bytes of the file
	Checksum string // what the browser computed to know the file again; opaque
	Digest   string // of the file, by a worker (digestOf); empty while it is not known
	Lesson   string // where the author dropped it; opaque to this room
	By       string // random name, in the organisation's records, of who uploaded it
	Created  time.Time
	Changed  time.Time

	State    State
	Percent  int    // 0..100 of the processing; 100 when ready
	Playable bool   // at least one rendition and the sound are stored
	Reason   string // fault code when failed
	Source   string // key of the file
	Upload   *Upload
	Import   *Import  `bson:"import,omitempty"`  // the server itself fetches the file
	Next     *Next    `bson:"next,omitempty"`    // a file that is being sent to take the place of this one
	Formers  []Former `bson:"formers,omitempty"` // files whose place was taken, oldest first, as long as somebody may watch them
	Dropped  []string `bson:"dropped,omitempty"` // keys at which unfinished uploads are to be ended
	Charged  int64    `bson:"charged"`           // bytes that it counts in its town's room

	Duration   float64     // seconds; 0 until it was examined
	Width      int         // pixels as shown, after rotation
	Height     int         // pixels as shown
	Media      *Media      // what the examination found
	Renditions []Rendition // stored ones, lowest first
	Sound      *Rendition  // sound only; nil for a silent video or while it is not stored
	Poster     string      // key of the still picture; empty while there is none
	Storyboard *Storyboard // small pictures along the film; nil while there is none
	Captions   []Caption   // text tracks of all kinds
	Levels     string      `bson:"levels,omitempty"`   // key of how loud the sound is; empty while it is not known
	LevelsOf   string      `bson:"levelsOf,omitempty"` // folder of the sound of which Levels are: another file has others
	Access     Access      `bson:"access,omitempty"`   // what its author says about it for those who do not see or hear it

	Form     int        // of this document: form; 0 is from before stages had units
	Stages   []Stage    // in order; made when a worker first takes it up
	Plan     *Plan      // what is made of the file, and where it is put
	Paused   bool       // the operator lets it wait
	Wanted   *Wanted    `bson:"wanted,omitempty"` // its place among what waits for hands; absent: needs none
	Lease    string     // who tidies up after it while it rests; empty: nobody
	Until    time.Time  // when that one is thought dead
	Due      *time.Time `bson:"due,omitempty"`      // when somebody should look at it; absent: never
	Listed   *time.Time `bson:"listed,omitempty"`   // Created; absent when deleted
	Uploader string     `bson:"uploader,omitempty"` // By, while uploading
	Busy     string     `bson:"busy,omitempty"`     // By, while hands are needed
	Came     time.Time  // when it last came into the line
	Readied  *time.Time `bson:"readied,omitempty"` // when it became ready
	Deleted  bool       // its objects are being removed
	Litter   []Litter   // objects that nothing needs from a time on

	// Untold is what has happened and the Sink does not know yet; UntoldSince is absent when there is nothing.
	Untold      []Event    `bson:"untold,omitempty"`
	UntoldSince *time.Time `bson:"untoldSince,omitempty"`
}

// Upload is the unfinished multipart upload of a file.
type Upload struct {
	ID       string // of the object store; empty for an instant
	PartSize int64  // bytes of every part but the last
	Parts    int    // how many
}

// Next is a file that is being sent to take the place of a video's file.
type Next struct {
	Name     string
	Type     string
	Size     int64 // bytes
	Checksum string
	By       string // random name of who sends it
	Source   string // key
	Upload   Upload
	Until    time.Time // without another part it is given up then
}

// Former is a file whose place was taken. It is what plays until the new one is ready, and what whoever watches then goes
// on with to the end.
type Former struct {
	Name       string
	Type       string
	Size       int64 // bytes
	Checksum   string
	Digest     string
	Source     string // key
	Duration   float64
	Renditions []Rendition // those that played; none while they are still those of the video
	Sound      *Rendition
	Until      *time.Time `bson:"until,omitempty"` // its objects go then; absent: the new file is not ready
}

// Media is what the examination of the file found.
type Media struct {
	Format     string      // container, e.g. "matroska"
	VideoCodec string      // e.g. "h264"
	AudioCodec string      // empty for a silent video
	Rate       float64     // frames a second to encode with
	Channels   int         // of the sound
	HDR        bool        // needs tone mapping
	Tracks     []TextTrack // in their order
}

// TextTrack is one that is inside a file.
type TextTrack struct {
	Lang  string // as the file says, e.g. "ger"; may be empty
	Codec string // e.g. "subrip"
}

// Storyboard are small pictures along the film, in sheets of Columns × Rows.
type Storyboard struct {
	Sheets  []string // keys
	Every   float64  // seconds from one picture to the next
	Count   int      // pictures on all sheets
	Columns int
	Rows    int
	Width   int // of a picture, pixels
	Height  int
}

// Rendition is one stored version of the video, or of its sound.
type Rendition struct {
	Name      string  // "360p", "1080p", "sound"
	Folder    string  // beneath the video's prefix; holds index.m3u8, init.mp4 and segments
	Width     int     // pixels; 0 for sound
	Height    int     // pixels; 0 for sound
	Rate      float64 // frames a second; 0 for sound
	Bandwidth int     // highest bits a second of any segment
	Average   int     // bits a second over all
	Codecs    string  // RFC 6381
	Bytes     int64   // of all its objects
	Objects   int     // how many they are
}

// Litter is an object that must be removed unless the document names it.
type Litter struct {
	Key string
	At  time.Time // not before
}

func (v *Video) prefix(org string) string { return "v/" + org + "/" + v.ID + "/" }

// dueAt sets when somebody should look at the video next.
func (v *Video) dueAt(t time.Time) { v.Due = &t }
