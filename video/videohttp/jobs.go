package videohttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/people/peoplehttp"
	"palestra/video"
)

// StageBody is one step of the processing.
type StageBody struct {
	Name     string  `json:"name" enum:"probe,split,audio,first,ladder,captions,poster,tidy"`
	State    string  `json:"state" enum:"waiting,working,done,skipped,failed"`
	Parts    int     `json:"parts" doc:"Units that several workers can do at the same time"`
	Done     int     `json:"done" doc:"Units that are done"`
	Attempts int     `json:"attempts" doc:"How often a unit was begun"`
	Seconds  float64 `json:"seconds" doc:"Of work"`
}

func stageBodies(v video.Video) []StageBody {
	all := make([]StageBody, 0, len(v.Stages))
	for _, st := range v.Stages {
		b := StageBody{Name: st.Name, State: string(st.State), Parts: st.Parts, Attempts: st.Attempts, Seconds: st.Seconds}
		if st.State == video.StageDone {
			b.Done = st.Parts
		}
		for _, u := range st.Units {
			if u.Done {
				b.Done++
			}
		}
		all = append(all, b)
	}
	return all
}

// JobBody is a video in work, as an operator sees it.
type JobBody struct {
	Organisation string      `json:"organisation"`
	Video        string      `json:"video"`
	Name         string      `json:"name" doc:"Of the file"`
	By           string      `json:"by" doc:"Person who uploaded it"`
	State        video.State `json:"state" enum:"uploading,uploaded,processing,ready,failed"`
	Paused       bool        `json:"paused"`
	Percent      int         `json:"percent" minimum:"0" maximum:"100"`
	Reason       string      `json:"reason,omitempty" doc:"Fault code when failed"`
	Size         int64       `json:"size" doc:"Bytes of the file"`
	Duration     float64     `json:"duration" doc:"Seconds; 0 until it was examined"`
	Since        *time.Time  `json:"since" nullable:"true" doc:"In line since; null: not in line"`
	Stages       []StageBody `json:"stages"`
	Errors       []string    `json:"errors" doc:"What went wrong last, by stage; for the operator only"`
}

func jobBody(j video.InLine) JobBody {
	v := j.Video
	b := JobBody{Organisation: j.Org, Video: v.ID, Name: v.Name, By: v.By, State: v.State, Paused: v.Paused, Percent: v.Percent, Reason: v.Reason,
		Size: v.Size, Duration: v.Duration, Stages: stageBodies(v), Errors: []string{}}
	if v.Wanted != nil {
		b.Since = &v.Wanted.Since
	}
	for _, st := range v.Stages {
		if st.Error != "" {
			b.Errors = append(b.Errors, st.Name+": "+st.Error)
		}
	}
	return b
}

// HandBody is somebody at work.
type HandBody struct {
	Worker       string  `json:"worker"`
	Organisation string  `json:"organisation"`
	Video        string  `json:"video"`
	Stage        string  `json:"stage"`
	Percent      float64 `json:"percent"`
}

// LineBody is how things stand with the work on videos.
type LineBody struct {
	States  map[string]int    `json:"states" doc:"Videos of all towns by state"`
	Oldest  *time.Time        `json:"oldest" nullable:"true" doc:"In line since; null: nobody waits"`
	Waiting int               `json:"waiting" doc:"Units that could be begun, among the first videos in line"`
	Working []HandBody        `json:"working"`
	Free    int64             `json:"free" doc:"Bytes free on the disk of the embedded store; 0 and total 0: unknown"`
	Total   int64             `json:"total"`
	Paused  bool              `json:"paused" doc:"Nothing is begun; what is in hand is finished"`
	Workers []VideoWorkerBody `json:"workers"`
	Hour    VideoDoneBody     `json:"hour" doc:"What became ready in the last hour"`
	Day     VideoDoneBody     `json:"day" doc:"What became ready in the last day"`
}

// VideoWorkerBody is a process that works on videos.
type VideoWorkerBody struct {
	ID      string    `json:"id"`
	Name    string    `json:"name" doc:"Machine and number"`
	Since   time.Time `json:"since"`
	Seen    time.Time `json:"seen" doc:"Its last sign of life"`
	Gone    bool      `json:"gone" doc:"It shows no sign of life"`
	Hands   int       `json:"hands" doc:"Units that it can do at once"`
	Drained bool      `json:"drained" doc:"It begins nothing; what it has in hand is finished"`
}

// VideoDoneBody is what became ready in a span of time.
type VideoDoneBody struct {
	Films   int     `json:"films"`
	Seconds float64 `json:"seconds" doc:"Of film"`
	Work    float64 `json:"work" doc:"Seconds that workers took for it"`
	Waited  float64 `json:"waited" doc:"Seconds from upload to ready, the middle one"`
	Speed   float64 `json:"speed" doc:"Seconds of film in a second"`
	More    bool    `json:"more" doc:"There were more than were looked at"`
}

func doneBody(d video.Done) VideoDoneBody {
	return VideoDoneBody{Films: d.Films, Seconds: d.Seconds, Work: d.Work, Waited: d.Waited.Seconds(), Speed: d.Seconds / d.Span.Seconds(), More: d.More}
}

type jobInput struct {
	peoplehttp.Signed
	Org string `path:"organisation" maxLength:"100"`
	ID  string `path:"id" maxLength:"100"`
}

// registerJobs adds what operators see and do.
func registerJobs(api huma.API, h *handlers, op func(id, method, path, summary string, status int) huma.Operation) {
	huma.Register(api, op("list-video-jobs", http.MethodGet, "/video-jobs", "Videos of all towns that wait, are in work or have failed (operators)", 200), h.jobs)
	huma.Register(api, op("get-video-line", http.MethodGet, "/video-line", "How things stand with the work on videos (operators)", 200), h.line)
	for what, pause := range map[string]bool{"pause": true, "resume": false} {
		huma.Register(api, op(what+"-video-line", http.MethodPost, "/video-line/"+what, "Let the whole line wait or go on (operators)", 204), func(ctx context.Context, in *peoplehttp.Signed) (*struct{}, error) {
			return nil, h.svc.PauseLine(ctx, in.By, pause)
		})
	}
	for what, drain := range map[string]bool{"drain": true, "resume": false} {
		huma.Register(api, op(what+"-video-worker", http.MethodPost, "/video-workers/{id}/"+what, "Let a worker begin nothing more, or go on (operators)", 204), func(ctx context.Context, in *idInput) (*struct{}, error) {
			return nil, h.svc.Drain(ctx, in.By, in.ID, drain)
		})
	}
	huma.Register(api, op("pause-video-job", http.MethodPost, "/video-jobs/{organisation}/{id}/pause", "Let a video wait (operators)", 200), func(ctx context.Context, in *jobInput) (*out[JobBody], error) {
		v, err := h.svc.Pause(ctx, in.By, in.Org, in.ID, true)
		return &out[JobBody]{Body: jobBody(video.InLine{Org: in.Org, Video: v})}, err
	})
	huma.Register(api, op("resume-video-job", http.MethodPost, "/video-jobs/{organisation}/{id}/resume", "Let a video go on (operators)", 200), func(ctx context.Context, in *jobInput) (*out[JobBody], error) {
		v, err := h.svc.Pause(ctx, in.By, in.Org, in.ID, false)
		return &out[JobBody]{Body: jobBody(video.InLine{Org: in.Org, Video: v})}, err
	})
	huma.Register(api, op("cancel-video-job", http.MethodPost, "/video-jobs/{organisation}/{id}/cancel", "End the work on a video (operators)", 200), func(ctx context.Context, in *jobInput) (*out[JobBody], error) {
		v, err := h.svc.Cancel(ctx, in.By, in.Org, in.ID)
		return &out[JobBody]{Body: jobBody(video.InLine{Org: in.Org, Video: v})}, err
	})
	huma.Register(api, op("retry-video-job", http.MethodPost, "/video-jobs/{organisation}/{id}/retry", "Try a failed video again (operators)", 200), func(ctx context.Context, in *jobInput) (*out[JobBody], error) {
		v, err := h.svc.RetryAs(ctx, in.By, in.Org, in.ID)
		return &out[JobBody]{Body: jobBody(video.InLine{Org: in.Org, Video: v})}, err
	})
}

func (h *handlers) jobs(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
	Failed bool `query:"failed" doc:"Those that have failed, instead of those that wait or are in work"`
}) (*out[peoplehttp.Page[JobBody]], error) {
	p, err := h.svc.Jobs(ctx, in.By, in.Failed, in.Cursor, in.Limit)
	return &out[peoplehttp.Page[JobBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, jobBody)}, err
}

func (h *handlers) line(ctx context.Context, in *peoplehttp.Signed) (*out[LineBody], error) {
	l, err := h.svc.Line(ctx, in.By)
	b := LineBody{States: map[string]int{}, Waiting: l.Waiting, Working: make([]HandBody, 0, len(l.Working)), Free: l.Free, Total: l.Total,
		Paused: l.Paused, Workers: make([]VideoWorkerBody, 0, len(l.Workers)), Hour: doneBody(l.Hour), Day: doneBody(l.Day)}
	for _, w := range l.Workers {
		b.Workers = append(b.Workers, VideoWorkerBody(w))
	}
	for st, n := range l.States {
		b.States[string(st)] = n
	}
	if !l.Oldest.IsZero() {
		b.Oldest = &l.Oldest
	}
	for _, w := range l.Working {
		b.Working = append(b.Working, HandBody{w.Worker, w.Org, w.Video, w.Stage, 100 * w.Part})
	}
	return &out[LineBody]{Body: b}, err
}
