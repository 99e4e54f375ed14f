// Package videohttp answers the video room's part of the JSON interface, takes the bytes of uploads and captions, and
// delivers media.
package videohttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/internal/web"
	"palestra/people/peoplehttp"
	"palestra/video"
)

type handlers struct {
	svc *video.Service
	now func() time.Time
}

type idInput struct {
	peoplehttp.Signed
	ID string `path:"id" maxLength:"100"`
}

// Register adds the room's operations to the edge. identify notes who is asking, for what lies outside the JSON
// interface.
func Register(e *web.Edge, svc *video.Service, identify fiber.Handler, now func() time.Time) {
	h := &handlers{svc, now}
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"video"}, DefaultStatus: status}
	}
	api := e.API
	huma.Register(api, op("begin-upload", http.MethodPost, "/uploads", "Begin or resume the upload of a video file", 201), h.begin)
	huma.Register(api, op("list-uploads", http.MethodGet, "/uploads", "Own unfinished uploads", 200), h.uploads)
	huma.Register(api, op("get-upload", http.MethodGet, "/uploads/{id}", "Which parts of an upload are stored?", 200), h.upload)
	huma.Register(api, op("renew-upload", http.MethodPost, "/uploads/{id}/parts", "Fresh addresses for the missing parts", 200), h.upload)
	huma.Register(api, op("finish-upload", http.MethodPost, "/uploads/{id}/finish", "All parts are sent", 200), h.finish)
	huma.Register(api, op("cancel-upload", http.MethodDelete, "/uploads/{id}", "Drop an upload", 204), h.cancel)
	huma.Register(api, op("list-videos", http.MethodGet, "/videos", "Videos of the own organisation", 200), h.videos)
	huma.Register(api, op("get-video", http.MethodGet, "/videos/{id}", "One video", 200), h.video)
	huma.Register(api, op("retry-video", http.MethodPost, "/videos/{id}/retry", "Try a failed video again", 200), h.retry)
	huma.Register(api, op("delete-video", http.MethodDelete, "/videos/{id}", "Delete a video that no lesson shows", 204), h.delete)
	huma.Register(api, op("preview-video", http.MethodGet, "/videos/{id}/playback", "Addresses to play a video as its author", 200), h.preview)
	h.registerTracks(op, api)

	registerJobs(api, h, op)
	registerRooms(api, h, op)
	huma.Register(api, op("begin-replacement", http.MethodPost, "/videos/{id}/replacement", "Begin or resume the upload of a file that takes the place of a video's file", 201), h.replace)
	huma.Register(api, op("keep-old", http.MethodDelete, "/videos/{id}/replacement", "Give up a file that was to take the place of a video's file", 200), h.keepOld)
	huma.Register(api, op("begin-import", http.MethodPost, "/imports", "Let the server fetch a video from an address", 201), h.importFrom)
	huma.Register(api, op("retry-import", http.MethodPost, "/uploads/{id}/retry", "Let the server try again to fetch a file", 200), h.retryImport)

	parameter := func(name, kind, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "path", Required: true, Description: doc, Schema: &huma.Schema{Type: kind}}
	}
	stream := func(id, path, summary string, parameters []*huma.Param, types ...string) {
		content := map[string]*huma.MediaType{}
		for _, t := range types {
			content[t] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
		}
		api.OpenAPI().AddOperation(&huma.Operation{OperationID: id, Method: http.MethodPut, Path: path, Summary: summary, Tags: []string{"video"},
			Parameters: parameters, RequestBody: &huma.RequestBody{Required: true, Content: content},
			Responses: map[string]*huma.Response{"204": {Description: "Stored"}, "default": {Description: "Error"}}})
	}
	stream("put-part", "/uploads/{id}/parts/{number}", "Send one part",
		[]*huma.Param{parameter("id", "string", ""), parameter("number", "integer", "From 1"),
			{Name: checksumHeader, In: "header", Description: "SHA-256 of the part in hexadecimal; a part that does not match is refused", Schema: &huma.Schema{Type: "string"}}},
		"application/octet-stream")
	stream("put-captions", "/videos/{id}/captions/{lang}", "File a text track (WebVTT or SubRip), replacing what was there",
		[]*huma.Param{parameter("id", "string", ""), parameter("lang", "string", "BCP 47"),
			{Name: "kind", In: "query", Description: "captions (default), descriptions or chapters", Schema: &huma.Schema{Type: "string"}},
			{Name: "If-Match", In: "header", Description: "Tag of what it replaces", Schema: &huma.Schema{Type: "string"}}}, "text/vtt", "application/x-subrip")
	e.App.Put(web.Base+"/uploads/:id/parts/:number", h.putPart)
	e.App.Put(web.Base+"/videos/:id/captions/:lang", h.putCaptions)

	// Playlists and files to be kept are answered to the session that they were made for; segments to whoever has their address.
	e.App.Get(video.MediaBase+":grant/*", func(c *fiber.Ctx) error {
		if strings.HasSuffix(c.Path(), ".m3u8") || strings.Contains(c.Path(), "/take/") {
			return identify(c)
		}
		return c.Next()
	}, h.media)
}

func (h *handlers) begin(ctx context.Context, in *struct {
	peoplehttp.Signed
	Body struct {
		Name     string `json:"name" maxLength:"1000" doc:"Of the file"`
		Size     int64  `json:"size" doc:"Bytes"`
		Type     string `json:"type,omitempty" maxLength:"200" doc:"Media type as the browser knows it"`
		Lesson   string `json:"lesson,omitempty" maxLength:"128"`
		Checksum string `json:"checksum,omitempty" maxLength:"128" doc:"With which the browser knows the file again"`
		Reuse    bool   `json:"reuse,omitempty" doc:"When the town has the same file already, answer that video"`
	}
}) (*out[UploadBody], error) {
	s, err := h.svc.BeginUpload(ctx, in.By, video.Begin{Name: in.Body.Name, Size: in.Body.Size, Type: in.Body.Type, Lesson: in.Body.Lesson, Checksum: in.Body.Checksum, Reuse: in.Body.Reuse})
	return &out[UploadBody]{Body: uploadBody(s)}, err
}

func (h *handlers) replace(ctx context.Context, in *struct {
	peoplehttp.Signed
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Name     string `json:"name" maxLength:"1000" doc:"Of the file"`
		Size     int64  `json:"size" doc:"Bytes"`
		Type     string `json:"type,omitempty" maxLength:"200" doc:"Media type as the browser knows it"`
		Checksum string `json:"checksum,omitempty" maxLength:"128" doc:"With which the browser knows the file again"`
	}
}) (*out[UploadBody], error) {
	s, err := h.svc.BeginReplacement(ctx, in.By, in.ID, video.Begin{Name: in.Body.Name, Size: in.Body.Size, Type: in.Body.Type, Checksum: in.Body.Checksum})
	return &out[UploadBody]{Body: uploadBody(s)}, err
}

func (h *handlers) keepOld(ctx context.Context, in *idInput) (*out[VideoBody], error) {
	v, err := h.svc.KeepOld(ctx, in.By, in.ID)
	return &out[VideoBody]{Body: videoBody(v)}, err
}

func (h *handlers) importFrom(ctx context.Context, in *struct {
	peoplehttp.Signed
	Body struct {
		Address string `json:"address" maxLength:"4000" doc:"Of a file; from hosts that the operator has allowed"`
		Lesson  string `json:"lesson,omitempty" maxLength:"128"`
	}
}) (*out[UploadBody], error) {
	s, err := h.svc.BeginImport(ctx, in.By, in.Body.Address, in.Body.Lesson)
	return &out[UploadBody]{Body: uploadBody(s)}, err
}

func (h *handlers) retryImport(ctx context.Context, in *idInput) (*out[UploadBody], error) {
	s, err := h.svc.RetryImport(ctx, in.By, in.ID)
	return &out[UploadBody]{Body: uploadBody(s)}, err
}

func (h *handlers) uploads(ctx context.Context, in *peoplehttp.Signed) (*out[peoplehttp.Page[UploadBody]], error) {
	videos, err := h.svc.Uploads(ctx, in.By)
	return &out[peoplehttp.Page[UploadBody]]{Body: peoplehttp.PageOf(videos, "", func(v video.Video) UploadBody { return uploadBody(video.Session{Video: v}) })}, err
}

func (h *handlers) upload(ctx context.Context, in *idInput) (*out[UploadBody], error) {
	s, err := h.svc.UploadSession(ctx, in.By, in.ID)
	return &out[UploadBody]{Body: uploadBody(s)}, err
}

type finishInput struct {
	peoplehttp.Signed
	ID   string `path:"id" maxLength:"100"`
	Body *struct {
		Parts []struct {
			Number int    `json:"number"`
			ETag   string `json:"etag"`
		} `json:"parts,omitempty" maxItems:"10000" doc:"Not needed: the store knows its parts"`
	} `required:"false"`
}

func (h *handlers) finish(ctx context.Context, in *finishInput) (*out[VideoBody], error) {
	v, err := h.svc.FinishUpload(ctx, in.By, in.ID)
	return &out[VideoBody]{Body: videoBody(v)}, err
}

func (h *handlers) cancel(ctx context.Context, in *idInput) (*struct{}, error) {
	return nil, h.svc.CancelUpload(ctx, in.By, in.ID)
}

func (h *handlers) videos(ctx context.Context, in *struct {
	peoplehttp.Signed
	peoplehttp.List
}) (*out[peoplehttp.Page[VideoBody]], error) {
	p, err := h.svc.List(ctx, in.By, in.Cursor, in.Limit)
	return &out[peoplehttp.Page[VideoBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, videoBody)}, err
}

func (h *handlers) video(ctx context.Context, in *idInput) (*out[VideoBody], error) {
	v, err := h.svc.Show(ctx, in.By, in.ID)
	if err != nil {
		return nil, err
	}
	b := videoBody(v)
	b.Poster, err = h.svc.PosterAddress(ctx, in.By, v)
	return &out[VideoBody]{Body: b}, err
}

func (h *handlers) retry(ctx context.Context, in *idInput) (*out[VideoBody], error) {
	v, err := h.svc.Retry(ctx, in.By, in.ID)
	return &out[VideoBody]{Body: videoBody(v)}, err
}

func (h *handlers) delete(ctx context.Context, in *idInput) (*struct{}, error) {
	return nil, h.svc.Delete(ctx, in.By, in.ID)
}

func (h *handlers) preview(ctx context.Context, in *idInput) (*out[PreviewBody], error) {
	p, err := h.svc.GrantTo(ctx, in.By, in.ID)
	return &out[PreviewBody]{Body: previewBody(p)}, err
}

// body returns the body of a plain handler's request as a stream.
func body(c *fiber.Ctx) io.Reader {
	if r := c.Context().RequestBodyStream(); r != nil {
		return r
	}
	return bytes.NewReader(c.Request().Body())
}
