// Package indicatorhttp answers the JSON interface's part about the figures of bootcamps, visits to the help-desk and
// outputs, and writes figures as tables.
package indicatorhttp

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/indicator"
	"palestra/course"
	"palestra/course/export"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

type handlers struct{ svc *indicator.Service }

func out[T any](body T) *peoplehttp.Out[T] { return &peoplehttp.Out[T]{Body: body} }

// Register adds the operations to the edge. temp is a folder for files in work.
func Register(e *web.Edge, svc *indicator.Service, temp string, log *slog.Logger) {
	h := &handlers{svc}
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"figures"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("get-figures", http.MethodGet, "/figures", "Figures of all bootcamps of the own town, with those of its adoptions", 200), h.ofTown)
	huma.Register(e.API, op("list-figure-records", http.MethodGet, "/figures/records", "The records behind a figure of the own town", 200), h.recordsOfTown)
	huma.Register(e.API, op("get-bootcamp-figures", http.MethodGet, "/bootcamps/{b}/figures", "Figures of a bootcamp", 200), h.ofBootcamp)
	huma.Register(e.API, op("list-bootcamp-figure-records", http.MethodGet, "/bootcamps/{b}/figures/records", "The records behind a figure of a bootcamp", 200), h.recordsOfBootcamp)
	huma.Register(e.API, op("list-helpdesk-visits", http.MethodGet, "/bootcamps/{b}/visits", "Visits to the help-desk", 200), h.visits)
	huma.Register(e.API, op("add-helpdesk-visit", http.MethodPost, "/bootcamps/{b}/visits", "Note a visit to the help-desk", 201), h.addVisit)
	huma.Register(e.API, op("change-helpdesk-visit", http.MethodPut, "/bootcamps/{b}/visits/{v}", "Put right what was noted of a visit", 200), h.changeVisit)
	huma.Register(e.API, op("end-helpdesk-visit", http.MethodPost, "/bootcamps/{b}/visits/{v}/withdraw", "Say why a visit does not count any more", 200), h.endVisit)
	huma.Register(e.API, op("list-bootcamp-outputs", http.MethodGet, "/bootcamps/{b}/outputs", "What a bootcamp has brought forth", 200), h.outputs)
	huma.Register(e.API, op("list-practice-origins", http.MethodGet, "/practices/{p}/origins", "Bootcamps that have brought a practice forth, as far as one sees them", 200), h.origins)
	huma.Register(e.API, op("add-bootcamp-output", http.MethodPost, "/bootcamps/{b}/outputs", "Note what a bootcamp has brought forth", 201), h.addOutput)
	huma.Register(e.API, op("change-bootcamp-output", http.MethodPut, "/bootcamps/{b}/outputs/{o}", "Put right what was noted of an output", 200), h.changeOutput)
	huma.Register(e.API, op("end-bootcamp-output", http.MethodPost, "/bootcamps/{b}/outputs/{o}/withdraw", "Say why an output does not count any more", 200), h.endOutput)
	e.App.Get(web.Base+"/figures/export/:form", table(svc, temp, log))
	e.App.Get(web.Base+"/bootcamps/:b/figures/export/:form", table(svc, temp, log))
}

// table answers with figures as a file: csv, csv-excel or xlsx.
func table(svc *indicator.Service, temp string, log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) error {
		name := strings.Clone(c.Params("form"))
		form, ok := export.Forms()[name]
		if !ok {
			return fiber.ErrNotFound
		}
		write, err := svc.Table(c.UserContext(), peoplehttp.Actor(c), strings.Clone(c.Params("b")), strings.Clone(c.Query("asOf")), temp)
		if err != nil {
			return err
		}
		_, cancel := web.FileContext(c)
		web.File(c, log, form.MediaType, "figures."+form.Extension, cancel, func(w io.Writer) error { return write(w, name) })
		return nil
	}
}

// FiguresIn says of when.
type FiguresIn struct {
	peoplehttp.Signed
	AsOf string `query:"asOf" maxLength:"10" doc:"What was entered until the end of this day; today if it is missing"`
}

// BootcampIn names a bootcamp.
type BootcampIn struct {
	peoplehttp.Signed
	Bootcamp string `path:"b" maxLength:"64"`
}

func (h *handlers) figures(ctx context.Context, in FiguresIn, bootcamp string) (*peoplehttp.Out[FiguresBody], error) {
	f, err := h.svc.Figures(ctx, in.By, bootcamp, in.AsOf)
	if err != nil {
		return nil, err
	}
	labels, err := h.svc.Labels(ctx, in.By, f)
	if err != nil {
		return nil, err
	}
	return out(figuresBody(f, labels)), nil
}

func (h *handlers) ofTown(ctx context.Context, in *FiguresIn) (*peoplehttp.Out[FiguresBody], error) {
	return h.figures(ctx, *in, "")
}

func (h *handlers) ofBootcamp(ctx context.Context, in *struct {
	FiguresIn
	Bootcamp string `path:"b" maxLength:"64"`
}) (*peoplehttp.Out[FiguresBody], error) {
	return h.figures(ctx, in.FiguresIn, in.Bootcamp)
}

// RecordsIn names a figure.
type RecordsIn struct {
	FiguresIn
	peoplehttp.List
	What string `query:"what" enum:"presence,event,visit,output,adoption" required:"true"`
	Part string `query:"part" maxLength:"200"`
	Of   string `query:"by" enum:"cohort,bootcamp,mode,kind,town,cross,topic,outcome,lesson,visitor,stage,learning" doc:"Missing for the whole"`
}

func (h *handlers) records(ctx context.Context, in RecordsIn, bootcamp string) (*peoplehttp.Out[peoplehttp.Page[FigureRecordBody]], error) {
	p, err := h.svc.Records(ctx, in.By, bootcamp, in.AsOf, in.What, in.Of, in.Part, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(p.Docs, p.Next, recordBody)), nil
}

func (h *handlers) recordsOfTown(ctx context.Context, in *RecordsIn) (*peoplehttp.Out[peoplehttp.Page[FigureRecordBody]], error) {
	return h.records(ctx, *in, "")
}

func (h *handlers) recordsOfBootcamp(ctx context.Context, in *struct {
	RecordsIn
	Bootcamp string `path:"b" maxLength:"64"`
}) (*peoplehttp.Out[peoplehttp.Page[FigureRecordBody]], error) {
	return h.records(ctx, in.RecordsIn, in.Bootcamp)
}

func (h *handlers) visits(ctx context.Context, in *struct {
	BootcampIn
	peoplehttp.List
	Cohort string `query:"cohort" maxLength:"64" doc:"To who leads a cohort only: that one"`
}) (*peoplehttp.Out[peoplehttp.Page[HelpdeskVisitBody]], error) {
	p, err := h.svc.Visits(ctx, in.By, in.Bootcamp, in.Cohort, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(p.Docs, p.Next, visitBody)), nil
}

func (h *handlers) addVisit(ctx context.Context, in *struct {
	BootcampIn
	Body HelpdeskVisitChangeBody
}) (*peoplehttp.Out[HelpdeskVisitBody], error) {
	v, err := h.svc.AddVisit(ctx, in.By, in.Bootcamp, in.Body.change())
	if err != nil {
		return nil, err
	}
	return out(visitBody(v)), nil
}

// VisitIn names a visit.
type VisitIn struct {
	BootcampIn
	Visit string `path:"v" maxLength:"64"`
}

func (h *handlers) changeVisit(ctx context.Context, in *struct {
	VisitIn
	peoplehttp.IfMatch
	Body HelpdeskVisitChangeBody
}) (*peoplehttp.Out[HelpdeskVisitBody], error) {
	edition, err := in.Revision()
	if err != nil {
		return nil, err
	}
	v, err := h.svc.ChangeVisit(ctx, in.By, in.Bootcamp, in.Visit, edition, in.Body.change())
	if err != nil {
		return nil, err
	}
	return out(visitBody(v)), nil
}

// WithdrawnBody says why something does not count any more.
type WithdrawnBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

func (h *handlers) endVisit(ctx context.Context, in *struct {
	VisitIn
	Body WithdrawnBody
}) (*peoplehttp.Out[HelpdeskVisitBody], error) {
	v, err := h.svc.EndVisit(ctx, in.By, in.Bootcamp, in.Visit, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return out(visitBody(v)), nil
}

func (h *handlers) outputs(ctx context.Context, in *struct {
	BootcampIn
	peoplehttp.List
	Cohort string `query:"cohort" maxLength:"64" doc:"Of this one only"`
}) (*peoplehttp.Out[peoplehttp.Page[BootcampOutputBody]], error) {
	p, err := h.svc.Outputs(ctx, in.By, in.Bootcamp, in.Cohort, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return out(peoplehttp.PageOf(p.Docs, p.Next, outputBody)), nil
}

func (h *handlers) addOutput(ctx context.Context, in *struct {
	BootcampIn
	Body BootcampOutputChangeBody
}) (*peoplehttp.Out[BootcampOutputBody], error) {
	o, err := h.svc.AddOutput(ctx, in.By, in.Bootcamp, indicator.OutputChange(in.Body))
	if err != nil {
		return nil, err
	}
	return out(outputBody(o)), nil
}

// OutputIn names an output.
type OutputIn struct {
	BootcampIn
	Output string `path:"o" maxLength:"64"`
}

func (h *handlers) changeOutput(ctx context.Context, in *struct {
	OutputIn
	peoplehttp.IfMatch
	Body BootcampOutputChangeBody
}) (*peoplehttp.Out[BootcampOutputBody], error) {
	edition, err := in.Revision()
	if err != nil {
		return nil, err
	}
	o, err := h.svc.ChangeOutput(ctx, in.By, in.Bootcamp, in.Output, edition, indicator.OutputChange(in.Body))
	if err != nil {
		return nil, err
	}
	return out(outputBody(o)), nil
}

func (h *handlers) endOutput(ctx context.Context, in *struct {
	OutputIn
	Body WithdrawnBody
}) (*peoplehttp.Out[BootcampOutputBody], error) {
	o, err := h.svc.EndOutput(ctx, in.By, in.Bootcamp, in.Output, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return out(outputBody(o)), nil
}

// PracticeOriginBody is a bootcamp of which a practice came.
type PracticeOriginBody struct {
	Bootcamp string      `json:"bootcamp"`
	Title    course.Text `json:"title"`
}

func (h *handlers) origins(ctx context.Context, in *struct {
	peoplehttp.Signed
	Practice string `path:"p" maxLength:"64"`
}) (*peoplehttp.Out[[]PracticeOriginBody], error) {
	list, err := h.svc.Origins(ctx, in.By, in.Practice)
	if err != nil {
		return nil, err
	}
	body := make([]PracticeOriginBody, 0, len(list))
	for _, o := range list {
		body = append(body, PracticeOriginBody(o))
	}
	return &peoplehttp.Out[[]PracticeOriginBody]{Body: body}, nil
}
