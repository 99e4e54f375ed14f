// Package livehttp brings people into live rooms: by WebSocket, or, where that does not come through, by Server-Sent
// Events and requests. Both carry the same messages.
package livehttp

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/live"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

type handlers struct {
	svc  *live.Service
	edge *web.Edge
	log  *slog.Logger

	texts     *lang.Catalogue
	publicURL string
	temp      string // folder for files in work

	mu      sync.Mutex
	streams map[string]*streaming // Server-Sent Events under way in this process, by their secret; guarded by mu
	secret  func() string
}

type (
	none struct{}
	// RoomIn names a session's room, or its rehearsal.
	RoomIn struct {
		peoplehttp.Signed
		Bootcamp  string `path:"b" maxLength:"64"`
		Session   string `path:"s" maxLength:"64"`
		Rehearsal bool   `query:"rehearsal" doc:"The rehearsal of who leads; nothing in it is kept"`
	}
)

func (in RoomIn) door() live.Door {
	return live.Door{Bootcamp: in.Bootcamp, Session: in.Session, Rehearsal: in.Rehearsal}
}

const room = "/bootcamps/{b}/sessions/{s}/room"

// Register adds the rooms' operations to the edge. newSecret names streams of events; hooks are the servers that
// report who came and went.
func Register(e *web.Edge, svc *live.Service, texts *lang.Catalogue, newSecret func() string, publicURL, temp string, hooks Hooks, log *slog.Logger) {
	h := &handlers{svc: svc, texts: texts, temp: temp, edge: e, log: log, publicURL: publicURL, streams: map[string]*streaming{}, secret: newSecret}
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"rooms"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("list-room-talk", http.MethodGet, room+"/talk", "What was said in a session's room, the latest first to be asked for", 200), h.talk)
	huma.Register(e.API, op("list-room-notes", http.MethodGet, room+"/notes", "Changes of the shared notes of a session's room", 200), h.notes)
	huma.Register(e.API, op("send-to-room", http.MethodPost, room+"/messages", "Do something in a session's room", 200), h.send)
	huma.Register(e.API, op("beat-in-room", http.MethodPost, room+"/presence", "Say that who listens by a stream of events is still here", 204), h.beat)
	huma.Register(e.API, op("end-rehearsal", http.MethodDelete, room+"/rehearsal", "Forget what was rehearsed", 204), h.endRehearsal)
	h.registerAttendance(e)
	h.registerFiles(e)
	base := web.Base + "/bootcamps/:b/sessions/:s/room"
	e.App.Get(base+"/socket", h.socket())
	e.App.Get(base+"/events", h.events)
	e.App.Get(base+"/meeting", h.meeting)
	h.registerHooks(e, hooks)
}

// RoomTalkBody is a part of what was said, the oldest first.
type RoomTalkBody struct {
	Events []json.RawMessage `json:"events" doc:"As in the room's stream"`
	First  int64             `json:"first" doc:"Number of the oldest"`
	More   bool              `json:"more"`
}

func (h *handlers) talk(ctx context.Context, in *struct {
	RoomIn
	Before int64 `query:"before" minimum:"0" doc:"Only what has a lower number"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"100"`
}) (*peoplehttp.Out[RoomTalkBody], error) {
	p, err := h.svc.Talk(ctx, in.By, in.door(), in.Before, in.Limit)
	return &peoplehttp.Out[RoomTalkBody]{Body: RoomTalkBody(p)}, err
}

// RoomNotesBody is a part of the changes of shared notes.
type RoomNotesBody struct {
	Changes []string `json:"changes" doc:"Changes of a Yjs document (update format 1), in base64"`
	At      int64    `json:"at" doc:"Number of the last"`
	More    bool     `json:"more"`
}

func (h *handlers) notes(ctx context.Context, in *struct {
	RoomIn
	After int64 `query:"after" minimum:"0" doc:"Only what has a higher number"`
}) (*peoplehttp.Out[RoomNotesBody], error) {
	n, err := h.svc.Notes(ctx, in.By, in.door(), in.After)
	return &peoplehttp.Out[RoomNotesBody]{Body: RoomNotesBody(n)}, err
}

// RoomMessageBody is what somebody sends to a room. Which parts belong to which kind says docs/rooms.md.
type RoomMessageBody struct {
	ID      string            `json:"id" maxLength:"64" doc:"Made by the sender; the same one is stored once"`
	Kind    string            `json:"kind" maxLength:"20"`
	Text    string            `json:"text,omitempty" maxLength:"4000"`
	Lang    string            `json:"lang,omitempty" maxLength:"20" doc:"BCP 47"`
	URL     string            `json:"url,omitempty" maxLength:"2000"`
	Re      int64             `json:"re,omitempty" minimum:"0"`
	Whom    string            `json:"whom,omitempty" maxLength:"64"`
	Group   string            `json:"group,omitempty" maxLength:"64"`
	Item    int               `json:"item,omitempty"`
	Seconds int               `json:"seconds,omitempty"`
	Mark    string            `json:"mark,omitempty" maxLength:"20"`
	On      bool              `json:"on,omitempty"`
	Course  string            `json:"course,omitempty" maxLength:"64"`
	Lesson  string            `json:"lesson,omitempty" maxLength:"64"`
	Poll    *RoomQuestionBody `json:"poll,omitempty"`
	Groups  []RoomTeamBody    `json:"groups,omitempty" maxItems:"60"`
	Vote    *RoomVoteBody     `json:"vote,omitempty"`
	Data    string            `json:"data,omitempty" maxLength:"90000" doc:"A change of the shared notes, in base64"`
}

// RoomQuestionBody is a poll.
type RoomQuestionBody struct {
	ID        string   `json:"id,omitempty" maxLength:"64"`
	Kind      string   `json:"kind,omitempty" maxLength:"20"`
	Text      string   `json:"text,omitempty" maxLength:"1000"`
	Lang      string   `json:"lang,omitempty" maxLength:"20"`
	Options   []string `json:"options,omitempty" maxItems:"20"`
	Most      int      `json:"most,omitempty"`
	Steps     int      `json:"steps,omitempty"`
	Low       string   `json:"low,omitempty" maxLength:"200"`
	High      string   `json:"high,omitempty" maxLength:"200"`
	Anonymous bool     `json:"anonymous,omitempty"`
	Minimum   int      `json:"minimum,omitempty"`
}

// RoomTeamBody is a breakout.
type RoomTeamBody struct {
	ID   string   `json:"id,omitempty" maxLength:"64"`
	Name string   `json:"name" maxLength:"200"`
	Who  []string `json:"who" maxItems:"1000"`
}

// RoomVoteBody is an answer to a poll.
type RoomVoteBody struct {
	Choice []int    `json:"choice,omitempty" maxItems:"20"`
	Words  []string `json:"words,omitempty" maxItems:"5"`
}

func (b RoomMessageBody) message() live.Message {
	m := live.Message{ID: b.ID, Act: live.Act{Kind: b.Kind, Text: b.Text, Lang: b.Lang, URL: b.URL, Re: b.Re, Whom: b.Whom, Group: b.Group, Item: b.Item, Seconds: b.Seconds,
		Mark: b.Mark, On: b.On, Course: b.Course, Lesson: b.Lesson, Data: b.Data}}
	if b.Poll != nil {
		q := live.Question(*b.Poll)
		m.Poll = &q
	}
	for _, g := range b.Groups {
		m.Groups = append(m.Groups, live.Team(g))
	}
	if b.Vote != nil {
		v := live.Vote(*b.Vote)
		m.Vote = &v
	}
	return m
}

// RoomReceiptBody says that something is stored.
type RoomReceiptBody struct {
	ID string `json:"id"`
	N  int64  `json:"n" doc:"Its number in the room's stream; 0 for a vote"`
}

func (h *handlers) send(ctx context.Context, in *struct {
	RoomIn
	Body RoomMessageBody
}) (*peoplehttp.Out[RoomReceiptBody], error) {
	n, err := h.svc.Do(ctx, in.By, in.door(), in.Body.message())
	return &peoplehttp.Out[RoomReceiptBody]{Body: RoomReceiptBody{in.Body.ID, n}}, err
}

func (h *handlers) endRehearsal(ctx context.Context, in *RoomIn) (*none, error) {
	return nil, h.svc.EndRehearsal(ctx, in.By, in.door())
}

// beat is the sign of life of who listens by Server-Sent Events: whether she is still there is otherwise noticed late. It
// may reach another process than the one that she listens to; then it is told so, and listens again.
func (h *handlers) beat(_ context.Context, in *struct {
	RoomIn
	Body struct {
		Stream string `json:"stream" maxLength:"100" doc:"As the stream's first event has it"`
	}
}) (*none, error) {
	h.mu.Lock()
	s := h.streams[in.Body.Stream]
	h.mu.Unlock()
	if s == nil || s.person != in.By.Person {
		return nil, fault.New(fault.NotFound, "live.no_stream", "this stream of events has ended")
	}
	s.listener.Beat()
	return &none{}, nil
}

// streaming is a stream of Server-Sent Events.
type streaming struct {
	person   string
	listener *live.Listener
}

func doorOf(c *fiber.Ctx) live.Door {
	return live.Door{Bootcamp: c.Params("b"), Session: c.Params("s"), Rehearsal: c.Query("rehearsal") == "true"}
}

const (
	beatEvery = 15 * time.Second
	leaving   = 10 * time.Second // for noting when somebody left
)

// events streams a room by Server-Sent Events. Ids are numbers of the stream, so a browser goes on where it was.
func (h *handlers) events(c *fiber.Ctx) error {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	l, err := h.svc.Attend(c.UserContext(), by, doorOf(c), max(web.LastEvent(c), int64(c.QueryInt("after"))))
	if err != nil {
		return err
	}
	name := h.secret()
	h.mu.Lock()
	h.streams[name] = &streaming{by.Person, l}
	h.mu.Unlock()
	return h.edge.Stream(c, func(ctx context.Context, to *web.Events) {
		defer func() {
			h.mu.Lock()
			delete(h.streams, name)
			h.mu.Unlock()
			h.close(ctx, l)
		}()
		err := to.Retry(1000)
		if err == nil {
			err = to.Send(0, "stream", struct {
				Stream string `json:"stream"`
			}{name})
		}
		for err == nil {
			var data []byte
			wait, cancel := context.WithTimeout(ctx, beatEvery)
			data, why := l.Next(wait)
			cancel()
			switch {
			case why == nil:
				err = to.Raw(numberOf(data), data)
			case ctx.Err() != nil || wait.Err() == nil || isOver(l):
				_ = to.Send(0, "over", over{codeOf(why)})
				return
			default:
				err = to.Beat()
			}
		}
	})
}

func isOver(l *live.Listener) bool {
	select {
	case <-l.Gone():
		return true
	default:
		return false
	}
}

// close ends listening; it is noted even when the program stops.
func (h *handlers) close(ctx context.Context, l *live.Listener) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaving)
	defer cancel()
	l.Close(ctx)
}

// numberOf returns up to which number of the stream a piece tells; 0 for none. A welcome tells where the stream is, and not
// yet what was missed.
func numberOf(data []byte) int64 {
	var p struct {
		T  string `json:"t"`
		At int64  `json:"at"`
	}
	if json.Unmarshal(data, &p) != nil || p.T != "news" {
		return 0
	}
	return p.At
}
