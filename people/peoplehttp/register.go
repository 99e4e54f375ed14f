package peoplehttp

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/internal/web"
	"palestra/people"
)

type handlers struct {
	svc     *people.Service
	auth    *Auth
	edge    *web.Edge
	version string
}

// Register adds the room's operations to the edge.
func Register(e *web.Edge, svc *people.Service, auth *Auth, version string, now func() time.Time, log *slog.Logger) {
	h := &handlers{svc: svc, auth: auth, edge: e, version: version}
	api := e.API
	tag := "people"
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}, DefaultStatus: status}
	}
	huma.Register(api, op("check-setup", http.MethodGet, "/setup/{token}", "Is this set-up link good?", 200), h.checkSetup)
	huma.Register(api, op("setup", http.MethodPost, "/setup/{token}", "Make the first operator", 200), h.setup)
	huma.Register(api, op("sign-in", http.MethodPost, "/session", "Sign in", 200), h.signIn)
	huma.Register(api, op("get-session", http.MethodGet, "/session", "Who is signed in?", 200), h.session)
	huma.Register(api, op("sign-out", http.MethodDelete, "/session", "Sign out", 204), h.signOut)
	huma.Register(api, op("speak-for", http.MethodPut, "/session/organisation", "Speak for another organisation", 200), h.speak)
	huma.Register(api, op("list-sessions", http.MethodGet, "/sessions", "Own sign-ins", 200), h.sessions)
	huma.Register(api, op("end-session", http.MethodDelete, "/sessions/{id}", "End one of the own sign-ins", 204), h.endSession)
	huma.Register(api, op("update-me", http.MethodPatch, "/me", "Change own name and language", 200), h.updateMe)
	huma.Register(api, op("change-password", http.MethodPost, "/me/password", "Change own password", 204), h.changePassword)
	huma.Register(api, op("ask-reset", http.MethodPost, "/password-resets", "Ask for a link that sets a new password", 202), h.askReset)
	huma.Register(api, op("reset-password", http.MethodPost, "/password-resets/{token}", "Set a new password by a link", 204), h.reset)

	huma.Register(api, op("get-own-erasure", http.MethodGet, "/me/erasure", "What erasing oneself would mean, and whether it was asked for", 200), h.ownErasure)
	huma.Register(api, op("erase-me", http.MethodPost, "/me/erasure", "Ask to be erased; can be undone for a week", 202), h.eraseMe)
	huma.Register(api, op("undo-own-erasure", http.MethodDelete, "/me/erasure", "Take it back", 204), h.undoMine)

	tag = "organisations"
	huma.Register(api, op("create-organisation", http.MethodPost, "/organisations", "Make an organisation", 201), h.createOrganisation)
	huma.Register(api, op("list-organisations", http.MethodGet, "/organisations", "All organisations", 200), h.organisations)
	huma.Register(api, op("list-towns", http.MethodGet, "/towns", "Organisations that a course can be offered to", 200), h.towns)
	huma.Register(api, op("get-organisation", http.MethodGet, "/organisations/{id}", "One organisation", 200), h.organisation)
	huma.Register(api, op("update-organisation", http.MethodPatch, "/organisations/{id}", "Change an organisation", 200), h.updateOrganisation)
	huma.Register(api, op("close-organisation", http.MethodPost, "/organisations/{id}/closing", "Close an organisation: nobody acts for it any more, what was done stays", 200), h.closeOrganisation)
	huma.Register(api, op("reopen-organisation", http.MethodDelete, "/organisations/{id}/closing", "Take a closing back", 200), h.reopenOrganisation)
	huma.Register(api, op("appoint-administrator", http.MethodPost, "/organisations/{id}/administrators", "Invite an organisation's administrator", 201), h.appoint)
	huma.Register(api, op("list-units", http.MethodGet, "/units", "Units of the own organisation", 200), h.units)
	huma.Register(api, op("create-unit", http.MethodPost, "/units", "Add a unit", 201), h.createUnit)
	huma.Register(api, op("rename-unit", http.MethodPatch, "/units/{id}", "Rename a unit", 200), h.renameUnit)
	huma.Register(api, op("delete-unit", http.MethodDelete, "/units/{id}", "Remove an empty unit", 204), h.deleteUnit)
	huma.Register(api, op("invite", http.MethodPost, "/invitations", "Invite somebody", 201), h.invite)
	huma.Register(api, op("list-invitations", http.MethodGet, "/invitations", "Invitations of the own organisation", 200), h.invitations)
	huma.Register(api, op("withdraw-invitation", http.MethodDelete, "/invitations/{id}", "Withdraw an invitation", 204), h.withdraw)
	huma.Register(api, op("get-invited", http.MethodGet, "/invitation-links/{token}", "What does this link invite to?", 200), h.invited)
	huma.Register(api, op("accept-invitation", http.MethodPost, "/invitation-links/{token}", "Join by a link", 200), h.accept)
	huma.Register(api, op("list-members", http.MethodGet, "/members", "People of the own organisation", 200), h.members)
	huma.Register(api, op("get-member", http.MethodGet, "/members/{id}", "One person of the own organisation", 200), h.member)
	huma.Register(api, op("update-member", http.MethodPatch, "/members/{id}", "Change roles and unit", 200), h.updateMember)
	huma.Register(api, op("end-membership", http.MethodDelete, "/members/{id}", "End a membership; the record stays", 204), h.leave)
	huma.Register(api, op("list-erasures", http.MethodGet, "/erasures", "Erasures in the own organisation that were asked for, the next one first", 200), h.erasures)
	huma.Register(api, op("list-erased", http.MethodGet, "/erased", "Erasures that were carried out in the own organisation, the latest first", 200), h.erased)
	huma.Register(api, op("get-member-erasure", http.MethodGet, "/members/{id}/erasure", "What erasing a member would mean, and whether it was asked for", 200), h.memberErasure)
	huma.Register(api, op("erase-member", http.MethodPost, "/members/{id}/erasure", "Ask that a member be erased; can be undone for a week", 202), h.eraseMember)
	huma.Register(api, op("undo-member-erasure", http.MethodDelete, "/members/{id}/erasure", "Take it back", 204), h.undoMember)
	registerCopies(e, svc, now, log)
	huma.Register(api, op("list-audit", http.MethodGet, "/audit", "Who did what in the own organisation", 200), h.notes)
}
