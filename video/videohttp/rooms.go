package videohttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"palestra/people/peoplehttp"
	"palestra/video"
)

// VideoRoomBody is how much room the files of an organisation take.
type VideoRoomBody struct {
	Organisation string   `json:"organisation"`
	Used         int64    `json:"used" doc:"Bytes of files that were sent, uploads under way included; what is made of them does not count"`
	Limit        int64    `json:"limit" doc:"Bytes; 0: as much as there is"`
	Left         int64    `json:"left" doc:"Bytes; -1: as much as there is"`
	Imports      []string `json:"imports" doc:"Hosts from which the server may fetch files; none: it fetches nothing"`
}

func roomBody(u video.Usage) VideoRoomBody {
	return VideoRoomBody{Organisation: u.Org, Used: u.Used, Limit: u.Limit, Left: u.Left(), Imports: []string{}}
}

// registerRooms adds how much room there is, and who says so.
func registerRooms(api huma.API, h *handlers, op func(id, method, path, summary string, status int) huma.Operation) {
	huma.Register(api, op("get-video-room", http.MethodGet, "/video-room", "How much room do the files of an organisation take?", 200), h.room)
	huma.Register(api, op("list-video-rooms", http.MethodGet, "/video-rooms", "Rooms of all organisations, the fullest first (operators)", 200), h.rooms)
	huma.Register(api, op("set-video-room", http.MethodPut, "/video-rooms/{organisation}", "Say how much room the files of an organisation may take (operators)", 200), h.setRoom)
}

func (h *handlers) room(ctx context.Context, in *struct {
	peoplehttp.Signed
	Org string `query:"organisation" maxLength:"100" doc:"Default: the own one"`
}) (*out[VideoRoomBody], error) {
	u, err := h.svc.Usage(ctx, in.By, in.Org)
	b := roomBody(u)
	b.Imports = append(b.Imports, h.svc.ImportsFrom()...)
	return &out[VideoRoomBody]{Body: b}, err
}

func (h *handlers) rooms(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*out[peoplehttp.Page[VideoRoomBody]], error) {
	p, err := h.svc.Usages(ctx, in.By, in.Cursor, in.Limit)
	return &out[peoplehttp.Page[VideoRoomBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, roomBody)}, err
}

func (h *handlers) setRoom(ctx context.Context, in *struct {
	peoplehttp.Signed
	Org  string `path:"organisation" maxLength:"100"`
	Body struct {
		Limit int64 `json:"limit" doc:"Bytes; 0: as much as there is"`
	}
}) (*out[VideoRoomBody], error) {
	u, err := h.svc.SetLimit(ctx, in.By, in.Org, in.Body.Limit)
	return &out[VideoRoomBody]{Body: roomBody(u)}, err
}
