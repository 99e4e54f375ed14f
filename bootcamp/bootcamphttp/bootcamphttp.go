// Package bootcamphttp answers the bootcamp room's part of the JSON interface, and calendars that subscribe to a feed.
package bootcamphttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp"
	"palestra/bootcamp/roster"
	"palestra/internal/markdown"
	"palestra/internal/web"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// Organisations tells what organisations are called.
type Organisations interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
}

type handlers struct {
	svc       *bootcamp.Service
	people    Organisations
	markdown  *markdown.Renderer
	publicURL string
}

type (
	signed = peoplehttp.Signed
	none   struct{}
)

func out[T any](body T) *peoplehttp.Out[T] { return &peoplehttp.Out[T]{Body: body} }

// feeds is where calendars subscribe. Whoever has the secret at its end reads the feed, so it is not in the interface's
// description and its answers are not kept by caches that are shared.
const feeds = "/calendar/"

// Register adds the room's operations to the edge.
func Register(e *web.Edge, svc *bootcamp.Service, organisations Organisations, publicURL string) {
	h := &handlers{svc: svc, people: organisations, markdown: markdown.New(), publicURL: publicURL}
	api := e.API
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"bootcamps"}, DefaultStatus: status}
	}
	huma.Register(api, op("list-bootcamps", http.MethodGet, "/bootcamps", "Bootcamps that the own organisation sees", 200), h.bootcamps)
	huma.Register(api, op("create-bootcamp", http.MethodPost, "/bootcamps", "Make a bootcamp", 201), h.create)
	huma.Register(api, op("get-bootcamp", http.MethodGet, "/bootcamps/{b}", "One bootcamp, its cohorts, and the own places in them", 200), h.bootcamp)
	huma.Register(api, op("update-bootcamp", http.MethodPatch, "/bootcamps/{b}", "Change a bootcamp", 200), h.update)
	huma.Register(api, op("delete-bootcamp", http.MethodDelete, "/bootcamps/{b}", "Delete a draft without cohorts", 204), h.delete)
	huma.Register(api, op("turn-bootcamp", http.MethodPut, "/bootcamps/{b}/state", "Open, close or cancel a bootcamp", 200), h.turn)

	huma.Register(api, op("create-cohort", http.MethodPost, "/bootcamps/{b}/cohorts", "Add a cohort", 201), h.createCohort)
	huma.Register(api, op("update-cohort", http.MethodPatch, "/bootcamps/{b}/cohorts/{c}", "Change a cohort", 200), h.updateCohort)
	huma.Register(api, op("delete-cohort", http.MethodDelete, "/bootcamps/{b}/cohorts/{c}", "Delete a cohort that nobody ever was in", 204), h.deleteCohort)
	huma.Register(api, op("join-cohort", http.MethodPut, "/bootcamps/{b}/cohorts/{c}/place", "Take a seat, ask for one, or wait for one", 200), h.join)
	huma.Register(api, op("leave-cohort", http.MethodDelete, "/bootcamps/{b}/cohorts/{c}/place", "Give the own place back", 204), h.leave)
	huma.Register(api, op("list-cohort-members", http.MethodGet, "/bootcamps/{b}/cohorts/{c}/members", "People of a cohort", 200), h.members)
	huma.Register(api, op("change-cohort-member", http.MethodPatch, "/bootcamps/{b}/cohorts/{c}/members/{p}", "Let somebody in or not, or change what she does", 200), h.changeMember)
	huma.Register(api, op("remove-cohort-member", http.MethodDelete, "/bootcamps/{b}/cohorts/{c}/members/{p}", "Take somebody's place away", 204), h.removeMember)
	huma.Register(api, op("invite-to-cohort", http.MethodPost, "/bootcamps/{b}/cohorts/{c}/invitations", "Invite people by e-mail", 200), h.invite)
	list := op("import-to-cohort", http.MethodPost, "/bootcamps/{b}/cohorts/{c}/import", "Invite the people of a CSV or XLSX file, or read it and say what would become of each line", 200)
	list.MaxBodyBytes = 2 * roster.MaxFile // which is base64 in JSON
	huma.Register(api, list, h.importMembers)
	huma.Register(api, op("make-cohort-link", http.MethodPost, "/bootcamps/{b}/cohorts/{c}/link", "Make a new link by which one joins; the former one ends", 201), h.makeLink)
	huma.Register(api, op("end-cohort-link", http.MethodDelete, "/bootcamps/{b}/cohorts/{c}/link", "End the link", 204), h.endLink)
	huma.Register(api, op("get-cohort-link", http.MethodGet, "/cohort-links/{secret}", "What a link leads to", 200), h.linked)
	huma.Register(api, op("join-by-link", http.MethodPost, "/cohort-links/{secret}", "Join by a link", 200), h.joinByLink)

	huma.Register(api, op("list-own-cohorts", http.MethodGet, "/own-cohorts", "Cohorts in which one is, the newest bootcamp first", 200), h.own)
	huma.Register(api, op("list-cohort-sessions", http.MethodGet, "/bootcamps/{b}/cohorts/{c}/sessions", "The run-sheet of a cohort", 200), h.sessions)
	huma.Register(api, op("add-cohort-session", http.MethodPost, "/bootcamps/{b}/cohorts/{c}/sessions", "Plan a session", 201), h.addSession)
	huma.Register(api, op("get-cohort-session", http.MethodGet, "/bootcamps/{b}/sessions/{s}", "One session", 200), h.getSession)
	huma.Register(api, op("update-cohort-session", http.MethodPatch, "/bootcamps/{b}/sessions/{s}", "Change a session", 200), h.updateSession)
	huma.Register(api, op("cancel-cohort-session", http.MethodPost, "/bootcamps/{b}/sessions/{s}/cancel", "Say that a session does not take place", 200), h.cancelSession)
	huma.Register(api, op("copy-cohort-session", http.MethodPost, "/bootcamps/{b}/sessions/{s}/copies", "Plan a session like this one", 201), h.copySession)

	huma.Register(api, op("list-run-sheets", http.MethodGet, "/run-sheets", "Run-sheets that the own organisation keeps as templates", 200), h.templates)
	huma.Register(api, op("keep-run-sheet", http.MethodPost, "/run-sheets", "Keep the run-sheet of a cohort, or a session, as a template", 201), h.keep)
	huma.Register(api, op("get-run-sheet", http.MethodGet, "/run-sheets/{t}", "One template", 200), h.template)
	huma.Register(api, op("rename-run-sheet", http.MethodPatch, "/run-sheets/{t}", "Call a template something else", 200), h.renameTemplate)
	huma.Register(api, op("drop-run-sheet", http.MethodDelete, "/run-sheets/{t}", "Delete a template", 204), h.dropTemplate)
	huma.Register(api, op("copy-run-sheet", http.MethodPost, "/bootcamps/{b}/cohorts/{c}/run-sheet", "Plan the sessions of a template or of another cohort, or try it", 200), h.copySheet)

	huma.Register(api, op("get-calendar", http.MethodGet, "/me/calendar", "Since when there is an own calendar feed", 200), h.calendar)
	huma.Register(api, op("make-calendar", http.MethodPost, "/me/calendar", "Make a new address of the own calendar feed; the former one ends", 201), h.makeCalendar)
	huma.Register(api, op("end-calendar", http.MethodDelete, "/me/calendar", "End the own calendar feed", 204), h.endCalendar)
	e.App.Get(feeds+":file", h.feed)
}

func (h *handlers) feed(c *fiber.Ctx) error {
	const ending = ".ics"
	file := c.Params("file")
	if len(file) <= len(ending) || file[len(file)-len(ending):] != ending {
		return fiber.ErrNotFound
	}
	data, err := h.svc.Feed(c.UserContext(), file[:len(file)-len(ending)])
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(data)
}
