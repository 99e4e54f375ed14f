package video

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// form is that of the documents that this program writes.
const form = 2

// StageState says how far a stage is.
type StageState string

// The states of a stage.
const (
	StageWaiting StageState = "waiting"
	StageWorking StageState = "working" // one of its units was begun
	StageDone    StageState = "done"
	StageSkipped StageState = "skipped" // there was nothing to do
	StageFailed  StageState = "failed"  // Retry goes on here
)

// The stages, in the order in which their units are handed out. Some can be done at the same time.
const (
	stageProbe    = "probe"    // what is in the file; refuses what cannot be shown
	stageSplit    = "split"    // cuts a long film into chunks, and plans what is made of it
	stageAudio    = "audio"    // the sound, in one go
	stageFirst    = "first"    // the lowest rendition, piece by piece: with the sound it makes the video playable
	stageLadder   = "ladder"   // all other renditions, piece by piece
	stageCaptions = "captions" // text tracks that are in the file
	stagePoster   = "poster"   // the still picture and the storyboard
	stageTidy     = "tidy"     // removes what was needed on the way; then the video is ready
)

// Stage is one step of the processing.
type Stage struct {
	Name     string
	State    StageState
	Attempts int        // how often a unit of it was begun
	Parts    int        // how many units it has or had
	Error    string     // of the last attempt that went wrong, for the operator; empty when all went well
	Seconds  float64    // of work that was not lost
	Cost     float64    // its part of the whole, for the percentage
	Began    *time.Time `bson:"began,omitempty"`
	Ended    *time.Time `bson:"ended,omitempty"`
	Units    []Unit     // while it is not done
}

// Unit is what one worker does in one go. It is done wholly or not at all, and doing it again gives the same.
type Unit struct {
	Done     bool
	Lease    string    // who does it; empty: nobody
	Worker   string    // the process that does it or did it last, for the operator
	Due      time.Time // held: when its worker is thought dead; else: not before
	Attempts int       // how often it was begun
	Seconds  float64   // that the successful attempt took
	Part     float64   // 0..1 while it is held
	Last     bool      // puts together what the others made: only when they are done

	Chunk    int    // of a piece: the chunk with which decoding begins; -1: the file itself
	From, To int    // segments of every rendition: From to before To; To 0: to the end
	Made     []Made // by rendition of the stage
}

// Made is what a piece has become in one rendition.
type Made struct {
	Segments int
	Frames   int
	Bytes    int64
	Peak     int    // bits a second of its largest segment
	Init     string // digest of the initialisation segment, which is the same for all pieces
}

// Plan is what is made of a file.
type Plan struct {
	Suffix  string    // of every name that is new: nothing is ever written over something else
	Found   Found     // what the examination found
	Slides  bool      // slides or a recorded screen: fewer frames, sharper
	Outputs []Output  // lowest first
	Chunks  []float64 // second at which each begins; none: the file is worked on whole
	Sound   *Rendition
	Made    []Rendition // lowest first

	// What is ready of a file that takes the place of another, until all of it is.
	Poster     string
	Storyboard *Storyboard
	Captions   []Caption // that were in the file
}

// awaits reports whether an object is part of what is ready and not shown yet.
func (p *Plan) awaits(key string) bool {
	return key != "" && key == p.Poster || p.Storyboard != nil && slices.Contains(p.Storyboard.Sheets, key) ||
		slices.ContainsFunc(p.Captions, func(c Caption) bool { return c.Key == key })
}

// Wanted is the place of a video among those that wait for hands: who has fewer before comes first, then who came first.
type Wanted struct {
	Rank  int       // how many of the same author were waiting or in work when it came
	Since time.Time // when it came
}

func (v *Video) stage(name string) *Stage {
	for i := range v.Stages {
		if v.Stages[i].Name == name {
			return &v.Stages[i]
		}
	}
	return nil
}

// did reports whether a stage needs no more work.
func (v *Video) did(name string) bool {
	st := v.stage(name)
	return st != nil && (st.State == StageDone || st.State == StageSkipped)
}

// begin makes the stages of a video that nobody has taken up yet.
func (v *Video) begin(suffix string) {
	if len(v.Stages) > 0 {
		return
	}
	v.Plan = &Plan{Suffix: suffix}
	for _, name := range []string{stageProbe, stageSplit, stageAudio, stageFirst, stageLadder, stageCaptions, stagePoster, stageTidy} {
		v.Stages = append(v.Stages, Stage{Name: name, State: StageWaiting, Parts: 1, Units: []Unit{{Chunk: -1}}})
	}
}

// upgrade brings a document to the present form. What was ready stays; what was in work begins again at the probe, and
// what is already stored of it plays until it is replaced.
func (v *Video) upgrade() {
	if v.Form >= form {
		return
	}
	v.Form = form
	switch v.State {
	case Ready:
		for i := range v.Stages {
			v.Stages[i].State = StageDone
		}
	case Uploaded, Processing, Failed:
		v.Stages, v.Plan, v.Lease = nil, nil, ""
	}
}

// openable reports whether units of a stage may be begun.
func (v *Video) openable(name string) bool {
	switch name {
	case stageProbe:
		return true
	case stageSplit, stageAudio, stageCaptions:
		return v.did(stageProbe)
	case stageFirst, stageLadder:
		return v.did(stageSplit)
	case stagePoster:
		return v.did(stageFirst)
	}
	return !slices.ContainsFunc(v.Stages, func(st Stage) bool { return st.Name != name && !v.did(st.Name) })
}

// spot is the place of a unit.
type spot struct{ stage, unit int }

// next returns the unit that is to be done next, and how many can be begun now. When there is none, at says when there
// may be one; it is zero when that depends on others. The pieces of the higher renditions come last: there are many of
// them, so that all hands have work to the end.
func (v *Video) next(now time.Time) (first spot, n int, at time.Time) {
	for i, st := range v.Stages {
		if st.State == StageDone || st.State == StageSkipped || !v.openable(st.Name) {
			continue
		}
		for j, u := range st.Units {
			switch {
			case u.Done || u.Last && slices.ContainsFunc(st.Units, func(o Unit) bool { return !o.Last && !o.Done }):
			case u.Due.After(now):
				if at.IsZero() || u.Due.Before(at) {
					at = u.Due
				}
			default:
				if n == 0 || v.Stages[first.stage].Name == stageLadder && st.Name != stageLadder {
					first = spot{i, j}
				}
				n++
			}
		}
	}
	return first, n, at
}

// held returns how many of its units are being done.
func (v *Video) held(now time.Time) (n int) {
	for _, st := range v.Stages {
		for _, u := range st.Units {
			if u.Lease != "" && u.Due.After(now) {
				n++
			}
		}
	}
	return n
}

// schedule notes when somebody should look at a video that is in work.
func (v *Video) schedule(now time.Time) {
	if v.Paused {
		v.Due = nil
		return
	}
	_, n, at := v.next(now)
	if n > 0 || at.IsZero() {
		at = now
	}
	v.dueAt(at)
}

// percent returns how far the processing is.
func (v *Video) percent() int {
	var all, done float64
	for _, st := range v.Stages {
		all += st.Cost
		switch {
		case st.State == StageDone || st.State == StageSkipped:
			done += st.Cost
		case len(st.Units) > 0:
			var part float64
			for _, u := range st.Units {
				if u.Done {
					part++
				} else {
					part += min(max(u.Part, 0), 1)
				}
			}
			done += st.Cost * part / float64(len(st.Units))
		}
	}
	if all == 0 {
		return v.Percent
	}
	return max(v.Percent, min(99, 1+int(98*done/all)))
}

const chunkFolder = "chunks-"

// chunkKey returns where a chunk is.
func (v *Video) chunkKey(org string, n int) string {
	return fmt.Sprintf("%s%s%s/%05d.nut", v.prefix(org), chunkFolder, v.Plan.Suffix, n)
}

// folder returns that of a rendition, beneath the video's prefix.
func (v *Video) folder(name string) string { return name + "-" + v.Plan.Suffix }

func segmentFile(n int) string { return fmt.Sprintf("seg-%05d.m4s", n) }

// segmentOf returns the number of a segment by the name of its file.
func segmentOf(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "seg-")
	digits, end := strings.CutSuffix(digits, ".m4s")
	n, err := strconv.Atoi(digits)
	return n, ok && end && err == nil
}

// names reports whether the document names an object of the video.
func (v *Video) names(org, key string) bool {
	name, ours := strings.CutPrefix(key, v.prefix(org))
	switch {
	case !ours:
		return false
	case key == v.Source || key == v.Poster || key != "" && key == v.Levels,
		v.Next != nil && key == v.Next.Source,
		slices.ContainsFunc(v.Formers, func(f Former) bool { return f.Source == key }),
		v.Plan != nil && v.Plan.awaits(key),
		slices.ContainsFunc(v.Captions, func(c Caption) bool { return c.Key == key }),
		v.Storyboard != nil && slices.Contains(v.Storyboard.Sheets, key):
		return true
	}
	folder, file := path.Dir(name), path.Base(name)
	for _, r := range v.stored() {
		if r.Folder == folder {
			n, ok := segmentOf(file)
			return file == playlistFile || file == initFile || ok && n < r.Objects-2
		}
	}
	return v.Plan != nil && v.State != Ready && v.works(folder, file)
}

// stored returns what is complete: what plays, and what will.
func (v *Video) stored() []Rendition {
	all := slices.Clone(v.Renditions)
	if v.Sound != nil {
		all = append(all, *v.Sound)
	}
	for _, f := range v.Formers {
		all = append(all, f.Renditions...)
		if f.Sound != nil {
			all = append(all, *f.Sound)
		}
	}
	if v.Plan != nil {
		all = append(all, v.Plan.Made...)
		if v.Plan.Sound != nil {
			all = append(all, *v.Plan.Sound)
		}
	}
	return all
}

// works reports whether a file is needed on the way, or belongs to what is done of a stage that is not.
func (v *Video) works(folder, file string) bool {
	if folder == chunkFolder+v.Plan.Suffix {
		n, err := strconv.Atoi(strings.TrimSuffix(file, ".nut"))
		return err == nil && (n < len(v.Plan.Chunks) || v.State != Failed)
	}
	if v.State != Failed {
		return strings.HasSuffix(folder, "-"+v.Plan.Suffix) || strings.Contains(file, "-"+v.Plan.Suffix)
	}
	for i, o := range v.Plan.Outputs {
		if folder != v.folder(o.Name) {
			continue
		}
		st := v.stage(stageLadder)
		if i == 0 {
			st = v.stage(stageFirst)
		}
		n, segment := segmentOf(file)
		return slices.ContainsFunc(st.Units, func(u Unit) bool {
			return u.Done && !u.Last && (file == initFile || segment && n >= u.From && len(u.Made) > 0 && n < u.From+u.Made[0].Segments)
		})
	}
	return false
}
