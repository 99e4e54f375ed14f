package peoplehttp

import (
	"context"
	"time"

	"palestra/people"
)

// TokenInput names the secret of a link.
type TokenInput struct {
	Anyone
	Token string `path:"token" maxLength:"100"`
}

type none struct{}

// OKBody says that all is well.
type OKBody struct {
	OK bool `json:"ok"`
}

func (h *handlers) checkSetup(ctx context.Context, in *TokenInput) (*Out[OKBody], error) {
	return &Out[OKBody]{OKBody{OK: true}}, h.svc.CheckSetup(ctx, in.Token)
}

type setupInput struct {
	TokenInput
	Body struct {
		Name     string `json:"name" maxLength:"400"`
		Email    string `json:"email" maxLength:"400"`
		Password string `json:"password" maxLength:"2000"`
		Locale   string `json:"locale,omitempty" maxLength:"20"`
	}
}

func (h *handlers) setup(ctx context.Context, in *setupInput) (*sessionOutput, error) {
	o, err := h.svc.Setup(ctx, in.Token, people.Person{Name: in.Body.Name, Email: in.Body.Email, Locale: in.Body.Locale}, in.Body.Password, in.From)
	return h.opened(ctx, o, err)
}

func (h *handlers) opened(ctx context.Context, o people.Opened, err error) (*sessionOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &sessionOutput{SetCookie: h.auth.cookies(o)}
	out.Body, err = h.self(ctx, o.Actor)
	return out, err
}

func (h *handlers) self(ctx context.Context, by people.Actor) (SessionBody, error) {
	b := SessionBody{Roles: []people.Role{}, Memberships: []MembershipBody{}, Version: h.version}
	if by.Person == "" {
		return b, nil
	}
	self, err := h.svc.Self(ctx, by)
	if err != nil {
		return b, err
	}
	b.Person = &PersonBody{ID: self.Person.ID, Name: self.Person.Name, Email: self.Person.Email, Locale: self.Person.Locale}
	for _, m := range self.Memberships {
		b.Memberships = append(b.Memberships, MembershipBody{Organisation: organisationBody(m.Organisation), Roles: m.Roles})
	}
	for _, o := range self.Closed {
		b.Closed = append(b.Closed, organisationBody(o))
	}
	if self.Organisation != nil {
		o := organisationBody(*self.Organisation)
		b.Organisation = &o
		b.Roles = append(b.Roles, by.Roles...)
	}
	if by.Operator {
		b.Roles = append(b.Roles, people.Operator)
	}
	return b, nil
}

type signInInput struct {
	Anyone
	Body struct {
		Email    string `json:"email" maxLength:"400"`
		Password string `json:"password" maxLength:"2000"`
	}
}

func (h *handlers) signIn(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	o, err := h.svc.SignIn(ctx, in.Body.Email, in.Body.Password, in.From)
	return h.opened(ctx, o, err)
}

func (h *handlers) session(ctx context.Context, in *struct{ Anyone }) (*Out[SessionBody], error) {
	b, err := h.self(ctx, in.By)
	return &Out[SessionBody]{b}, err
}

func (h *handlers) signOut(ctx context.Context, in *struct{ Anyone }) (*struct {
	SetCookie string `header:"Set-Cookie"`
}, error) {
	out := &struct {
		SetCookie string `header:"Set-Cookie"`
	}{h.edge.Cookie(h.auth.cookie, "", 0)}
	return out, h.svc.SignOut(ctx, in.secret)
}

type speakInput struct {
	Anyone
	Body struct {
		Organisation string `json:"organisation" maxLength:"64" doc:"Id; empty for none"`
	}
}

func (h *handlers) speak(ctx context.Context, in *speakInput) (*Out[SessionBody], error) {
	a, err := h.svc.Speak(ctx, in.By, in.secret, in.Body.Organisation)
	if err != nil {
		return nil, err
	}
	b, err := h.self(ctx, a)
	return &Out[SessionBody]{b}, err
}

// SigninBody is one of the own sign-ins.
type SigninBody struct {
	ID      string    `json:"id"`
	Agent   string    `json:"agent" doc:"The browser, as it names itself"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen" doc:"To the hour"`
	Current bool      `json:"current"`
}

func (h *handlers) sessions(ctx context.Context, in *struct{ Signed }) (*Out[Page[SigninBody]], error) {
	ss, err := h.svc.Sessions(ctx, in.By)
	return &Out[Page[SigninBody]]{PageOf(ss, "", func(s people.Session) SigninBody {
		return SigninBody{ID: s.Public, Agent: s.Agent, Created: s.Created, Seen: s.Seen, Current: s.Public == in.By.Session}
	})}, err
}

// IDInput names one thing by its id.
type IDInput struct {
	Signed
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) endSession(ctx context.Context, in *IDInput) (*none, error) {
	return nil, h.svc.EndSession(ctx, in.By, in.ID)
}

type meInput struct {
	Signed
	Body struct {
		Name   *string `json:"name,omitempty" maxLength:"400"`
		Locale *string `json:"locale,omitempty" maxLength:"20"`
	}
}

func (h *handlers) updateMe(ctx context.Context, in *meInput) (*Out[SessionBody], error) {
	if err := h.svc.UpdateSelf(ctx, in.By, in.Body.Name, in.Body.Locale); err != nil {
		return nil, err
	}
	b, err := h.self(ctx, in.By)
	return &Out[SessionBody]{b}, err
}

type passwordInput struct {
	Signed
	Body struct {
		Current string `json:"current" maxLength:"2000"`
		Next    string `json:"next" maxLength:"2000"`
	}
}

func (h *handlers) changePassword(ctx context.Context, in *passwordInput) (*none, error) {
	return nil, h.svc.ChangePassword(ctx, in.By, in.Body.Current, in.Body.Next)
}

type askResetInput struct {
	Anyone
	Body struct {
		Email string `json:"email" maxLength:"400"`
	}
}

func (h *handlers) askReset(ctx context.Context, in *askResetInput) (*none, error) {
	return nil, h.svc.AskReset(ctx, in.Body.Email, in.From)
}

type resetInput struct {
	TokenInput
	Body struct {
		Password string `json:"password" maxLength:"2000"`
	}
}

func (h *handlers) reset(ctx context.Context, in *resetInput) (*none, error) {
	return nil, h.svc.Reset(ctx, in.Token, in.Body.Password)
}
