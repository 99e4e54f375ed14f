package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/course/browse"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/lrs/flow"
	"palestra/lrs/xapi"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// townOf returns the organisation whose records are meant: the one that is named, or the own one. Members need one of the
// roles; operators may name every town.
func townOf(ctx context.Context, svc *people.Service, by people.Actor, named string, roles ...people.Role) (string, error) {
	if !by.Operator {
		if err := by.Must(roles...); err != nil {
			return "", err
		}
	}
	switch {
	case named == "" && by.Organisation == "":
		return "", fault.New(fault.Invalid, "lrs.which_organisation", "say which organisation").At("query.organisation", "lrs.which_organisation")
	case named == "" || named == by.Organisation:
		return by.Organisation, nil
	case !by.Operator:
		return "", fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", named)
	}
	o, err := svc.Organisation(ctx, named)
	return o.ID, err
}

// flows decides who may connect which record store with others: administrators that of their own town, operators that of
// every town. What they do is noted.
type flows struct {
	svc    *flow.Service
	people *people.Service
}

func (k *flows) town(ctx context.Context, by people.Actor, named string) (string, error) {
	return townOf(ctx, k.people, by, named, people.Administrator)
}

// OfTown is embedded in the input of operations on the records of a town.
type OfTown struct {
	peoplehttp.Signed
	Organisation string `query:"organisation" maxLength:"64" doc:"For operators; else the own one"`
}

// FlowFilterBody says which statements pass. Empty lists do not matter, the others are joined by and.
type FlowFilterBody struct {
	Verbs      []string `json:"verbs" maxItems:"50" doc:"IRIs"`
	Activities []string `json:"activities" maxItems:"50" doc:"IRIs of objects"`
	Courses    []string `json:"courses" maxItems:"50" doc:"IRIs: the object or an activity of the context is this one or lies under it"`
	NotFrom    []string `json:"notFrom" maxItems:"50" doc:"Keys of record credentials: what they have stored is not sent. Only of flows that go out"`
}

func (b *FlowFilterBody) filter() flow.Filter {
	return flow.Filter{Verbs: b.Verbs, Activities: b.Activities, Courses: b.Courses, NotFrom: b.NotFrom}
}

// FlowTroubleBody is why a flow does not get on.
type FlowTroubleBody struct {
	At     time.Time `json:"at"`
	Status int       `json:"status" doc:"Of the other store's answer; 0: there was none"`
	Text   string    `json:"text" doc:"English, partly what the other store says"`
}

// RecordFlowBody is a way from or to another record store as its administrators see it.
type RecordFlowBody struct {
	ID           string         `json:"id"`
	Organisation string         `json:"organisation"`
	Name         string         `json:"name"`
	Direction    string         `json:"direction" enum:"out,in"`
	Endpoint     string         `json:"endpoint"`
	Version      string         `json:"version" enum:"1.0.3,2.0.0"`
	Key          string         `json:"key" doc:"Of the credential at the other store; its secret is never answered"`
	Filter       FlowFilterBody `json:"filter"`
	On           bool           `json:"on"`
	Created      time.Time      `json:"created"`

	State    string           `json:"state" enum:"off,stopped,waiting,behind,current" doc:"stopped: too many statements were refused; waiting: for the next try after trouble; behind: statements wait to be passed; current: all have passed"`
	Number   int64            `json:"number" doc:"Out: number of the last statement that is done"`
	Behind   int64            `json:"behind" doc:"Out: how many statements wait behind it now"`
	Since    *time.Time       `json:"since,omitempty" doc:"In: all that the other store stored up to then is here"`
	Oldest   *time.Time       `json:"oldest,omitempty" doc:"Out: when the oldest statement that waits was stored"`
	Passed   int64            `json:"passed" doc:"Statements that the receiving side has"`
	Skipped  int64            `json:"skipped" doc:"Statements that the filter left out; in: also those that were seen again"`
	Refused  int              `json:"refused" doc:"Statements that the receiving side refuses and that wait to be retried or dropped, at most 5000"`
	Attempts int              `json:"attempts" doc:"Failures since it went well last"`
	Next     *time.Time       `json:"next,omitempty" doc:"When it looks again"`
	Success  *time.Time       `json:"success,omitempty" doc:"When it went well last"`
	Trouble  *FlowTroubleBody `json:"trouble,omitempty" doc:"Why it does not get on; missing: all is well"`
}

// orEmpty answers lists as lists.
func orEmpty(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

func (k *flows) body(ctx context.Context, org string, f flow.Flow) (RecordFlowBody, error) {
	b := RecordFlowBody{ID: f.ID, Organisation: org, Name: f.Name, Direction: string(f.Direction), Endpoint: f.Endpoint, Version: string(f.Version), Key: f.Key,
		Filter: FlowFilterBody{Verbs: orEmpty(f.Filter.Verbs), Activities: orEmpty(f.Filter.Activities), Courses: orEmpty(f.Filter.Courses), NotFrom: orEmpty(f.Filter.NotFrom)},
		On:     f.On, Created: f.Created, Number: f.Number, Passed: f.Passed, Skipped: f.Skipped, Attempts: f.Attempts, Next: f.Due, Success: f.Success}
	lag, err := k.svc.LagOf(ctx, org, f)
	if err != nil {
		return b, err
	}
	b.Behind, b.Oldest = lag.Behind, lag.Oldest
	if !f.Since.IsZero() {
		b.Since = &f.Since
	}
	if b.Refused, err = k.svc.Waiting(ctx, org, f.ID); err != nil {
		return b, err
	}
	if f.Trouble != nil {
		b.Trouble = &FlowTroubleBody{At: f.Trouble.At, Status: f.Trouble.Status, Text: f.Trouble.Text}
	}
	switch {
	case !f.On:
		b.State = "off"
	case f.Stopped:
		b.State = "stopped"
	case f.Attempts > 0:
		b.State = "waiting"
	case b.Behind > 0 || f.More != "":
		b.State = "behind"
	default:
		b.State = "current"
	}
	return b, nil
}

type createFlowInput struct {
	OfTown
	Body struct {
		Name      string          `json:"name" minLength:"1" maxLength:"200"`
		Direction string          `json:"direction" enum:"out,in" doc:"out: pass statements on; in: take them in"`
		Endpoint  string          `json:"endpoint" maxLength:"2000" doc:"As https://records.example/xapi"`
		Version   string          `json:"version,omitempty" enum:"1.0.3,2.0.0" default:"2.0.0"`
		Key       string          `json:"key" maxLength:"200" doc:"Of a credential at the other store"`
		Secret    string          `json:"secret" maxLength:"1000" doc:"Kept encrypted and never answered"`
		Filter    *FlowFilterBody `json:"filter,omitempty"`
		On        *bool           `json:"on,omitempty" doc:"Missing: yes"`
		Begin     string          `json:"begin,omitempty" enum:"beginning,now" default:"beginning" doc:"now: only what is stored from now on"`
	}
}

type changeFlowInput struct {
	OfTown
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Name     *string         `json:"name,omitempty" minLength:"1" maxLength:"200"`
		Endpoint *string         `json:"endpoint,omitempty" maxLength:"2000" doc:"With it, and with the key, the secret must be said again"`
		Version  *string         `json:"version,omitempty" enum:"1.0.3,2.0.0"`
		Key      *string         `json:"key,omitempty" maxLength:"200"`
		Secret   string          `json:"secret,omitempty" maxLength:"1000"`
		Filter   *FlowFilterBody `json:"filter,omitempty"`
		On       *bool           `json:"on,omitempty"`
	}
}

func (in *changeFlowInput) apply(c *flow.Change) {
	for _, f := range []struct {
		from *string
		to   *string
	}{{in.Body.Name, &c.Name}, {in.Body.Endpoint, &c.Endpoint}, {in.Body.Key, &c.Key}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if in.Body.Version != nil {
		c.Version = xapi.Version(*in.Body.Version)
	}
	if in.Body.Filter != nil {
		c.Filter = in.Body.Filter.filter()
	}
	if in.Body.On != nil {
		c.On = *in.Body.On
	}
	c.Secret = in.Body.Secret
}

// OfFlow is embedded in the input of operations on one flow.
type OfFlow struct {
	OfTown
	ID string `path:"id" maxLength:"64"`
}

// RefusalBody is a statement that the receiving side has refused.
type RefusalBody struct {
	Statement string    `json:"statement" doc:"Its id"`
	Verb      string    `json:"verb"`
	At        time.Time `json:"at" doc:"Of the last try"`
	Tries     int       `json:"tries"`
	Status    int       `json:"status" doc:"Of the other store's answer; 0: this store cannot take it in"`
	Code      string    `json:"code" doc:"If the refusing side is a Palestra"`
	Answer    string    `json:"answer" doc:"What the refusing side said, as it said it"`
	Again     bool      `json:"again" doc:"It will be tried again"`
}

func refusalBody(l flow.Refusal) RefusalBody {
	return RefusalBody{Statement: l.Statement, Verb: l.Verb, At: l.At, Tries: l.Tries, Status: l.Status, Code: l.Code, Answer: l.Answer, Again: l.Again != nil}
}

type flowOut = peoplehttp.Out[RecordFlowBody]

func (k *flows) out(ctx context.Context, org string, f flow.Flow, err error) (*flowOut, error) {
	if err != nil {
		return nil, err
	}
	b, err := k.body(ctx, org, f)
	return &flowOut{Body: b}, err
}

func (k *flows) create(ctx context.Context, in *createFlowInput) (*flowOut, error) {
	org, err := k.town(ctx, in.By, in.Organisation)
	if err != nil {
		return nil, err
	}
	c := flow.Change{Name: in.Body.Name, Endpoint: in.Body.Endpoint, Version: xapi.Version(in.Body.Version), Key: in.Body.Key, Secret: in.Body.Secret, On: in.Body.On == nil || *in.Body.On}
	if in.Body.Filter != nil {
		c.Filter = in.Body.Filter.filter()
	}
	f, err := k.svc.Create(ctx, org, flow.Direction(in.Body.Direction), c, in.Body.Begin == "now")
	if err == nil {
		err = k.people.Note(ctx, org, in.By, "record_flow.created", f.ID, f.Name+" "+f.Endpoint)
	}
	return k.out(ctx, org, f, err)
}

func (k *flows) change(ctx context.Context, in *changeFlowInput) (*flowOut, error) {
	org, err := k.town(ctx, in.By, in.Organisation)
	if err != nil {
		return nil, err
	}
	f, err := k.svc.Change(ctx, org, in.ID, in.apply)
	if err == nil {
		err = k.people.Note(ctx, org, in.By, "record_flow.changed", f.ID, f.Name+" "+f.Endpoint)
	}
	return k.out(ctx, org, f, err)
}

func (k *flows) delete(ctx context.Context, in *OfFlow) (*struct{}, error) {
	org, err := k.town(ctx, in.By, in.Organisation)
	if err != nil {
		return nil, err
	}
	f, err := k.svc.Get(ctx, org, in.ID)
	if err != nil {
		return nil, err
	}
	if err := k.svc.Delete(ctx, org, in.ID); err != nil {
		return nil, err
	}
	return nil, k.people.Note(ctx, org, in.By, "record_flow.deleted", f.ID, f.Name+" "+f.Endpoint)
}

// RecordOriginBody is what another store said of a statement that came from it.
type RecordOriginBody struct {
	Statement string         `json:"statement"`
	From      string         `json:"from" doc:"Address of the other store, or the name of an import"`
	Flow      string         `json:"flow" doc:"Empty: it was imported"`
	Stored    *time.Time     `json:"stored,omitempty" doc:"When the other store stored it"`
	Authority map[string]any `json:"authority,omitempty" doc:"What the other store set as its authority"`
}

// registerFlows adds the ways to other record stores.
func registerFlows(e *web.Edge, k *flows) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/record-flows" + path, Summary: summary, Tags: []string{"records"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("list-record-flows", http.MethodGet, "", "Ways to and from other record stores, with how far they are", 200),
		func(ctx context.Context, in *OfTown) (*peoplehttp.Out[peoplehttp.Page[RecordFlowBody]], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			list, err := k.svc.List(ctx, org)
			if err != nil {
				return nil, err
			}
			page := peoplehttp.Page[RecordFlowBody]{Items: []RecordFlowBody{}}
			for _, f := range list {
				b, err := k.body(ctx, org, f)
				if err != nil {
					return nil, err
				}
				page.Items = append(page.Items, b)
			}
			return &peoplehttp.Out[peoplehttp.Page[RecordFlowBody]]{Body: page}, nil
		})
	huma.Register(e.API, op("create-record-flow", http.MethodPost, "", "Pass statements on to another record store, or take them in from it", 201), k.create)
	huma.Register(e.API, op("get-record-flow", http.MethodGet, "/{id}", "A way to another record store, with how far it is", 200),
		func(ctx context.Context, in *OfFlow) (*flowOut, error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			f, err := k.svc.Get(ctx, org, in.ID)
			return k.out(ctx, org, f, err)
		})
	huma.Register(e.API, op("change-record-flow", http.MethodPatch, "/{id}", "Change it, switch it on or off", 200), k.change)
	huma.Register(e.API, op("delete-record-flow", http.MethodDelete, "/{id}", "End it; what it passed on stays", 204), k.delete)
	huma.Register(e.API, op("run-record-flow", http.MethodPost, "/{id}/run", "Have it look now, whatever it waits for", 200),
		func(ctx context.Context, in *OfFlow) (*flowOut, error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			f, err := k.svc.Run(ctx, org, in.ID)
			return k.out(ctx, org, f, err)
		})
	type tried struct {
		Versions []string         `json:"versions" doc:"Of xAPI, that the other store speaks"`
		Trouble  *FlowTroubleBody `json:"trouble,omitempty" doc:"Why it does not answer as it should; missing: all is well"`
	}
	huma.Register(e.API, op("try-record-flow", http.MethodPost, "/{id}/try", "Ask the other store which versions it speaks, and whether it takes the credential", 200),
		func(ctx context.Context, in *OfFlow) (*peoplehttp.Out[tried], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			versions, trouble, err := k.svc.Try(ctx, org, in.ID)
			if err != nil {
				return nil, err
			}
			b := tried{Versions: orEmpty(versions)}
			if trouble != nil {
				b.Trouble = &FlowTroubleBody{At: trouble.At, Status: trouble.Status, Text: trouble.Text}
			}
			return &peoplehttp.Out[tried]{Body: b}, nil
		})
	k.registerRefusals(e, op)
}

// registerRefusals adds what was refused, and where statements came from.
func (k *flows) registerRefusals(e *web.Edge, op func(id, method, path, summary string, status int) huma.Operation) {
	type refusalsInput struct {
		OfFlow
		peoplehttp.List
	}
	huma.Register(e.API, op("list-record-flow-refusals", http.MethodGet, "/{id}/refusals", "Statements that the receiving side has refused for good, the oldest first", 200),
		func(ctx context.Context, in *refusalsInput) (*peoplehttp.Out[peoplehttp.Page[RefusalBody]], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			p, err := k.svc.Refusals(ctx, org, in.ID, in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			return &peoplehttp.Out[peoplehttp.Page[RefusalBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, refusalBody)}, nil
		})
	type someRefusals struct {
		OfFlow
		Body struct {
			Statements []string `json:"statements,omitempty" maxItems:"200" doc:"Ids; missing: all that were refused"`
		}
	}
	huma.Register(e.API, op("retry-record-flow-refusals", http.MethodPost, "/{id}/refusals/retry", "Have refused statements tried again", 202),
		func(ctx context.Context, in *someRefusals) (*struct{}, error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			return nil, k.svc.Retry(ctx, org, in.ID, in.Body.Statements...)
		})
	type dropped struct {
		Dropped int `json:"dropped"`
	}
	huma.Register(e.API, op("drop-record-flow-refusals", http.MethodPost, "/{id}/refusals/drop", "Give refused statements up: they are not passed on", 200),
		func(ctx context.Context, in *someRefusals) (*peoplehttp.Out[dropped], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			n, err := k.svc.Drop(ctx, org, in.ID, in.Body.Statements...)
			if err != nil {
				return nil, err
			}
			return &peoplehttp.Out[dropped]{Body: dropped{n}}, k.people.Note(ctx, org, in.By, "record_flow.refusals_dropped", in.ID, "")
		})
	type originInput struct {
		OfTown
		Statement string `path:"statement" maxLength:"64"`
	}
	huma.Register(e.API, huma.Operation{OperationID: "get-record-origin", Method: http.MethodGet, Path: "/record-origins/{statement}", Tags: []string{"records"},
		Summary: "What another store said of a statement that came from it: its authority, and when it was stored there"},
		func(ctx context.Context, in *originInput) (*peoplehttp.Out[RecordOriginBody], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			o, ok, err := k.svc.Origin(ctx, org, in.Statement)
			if err == nil && !ok {
				err = fault.New(fault.NotFound, "lrs.origin_not_found", "this statement did not come from another store")
			}
			if err != nil {
				return nil, err
			}
			return &peoplehttp.Out[RecordOriginBody]{Body: originBody(o)}, nil
		})
}

func originBody(o flow.Origin) RecordOriginBody {
	b := RecordOriginBody{Statement: o.ID, From: o.From, Flow: o.Flow, Authority: o.Said()}
	if !o.Stored.IsZero() {
		b.Stored = &o.Stored
	}
	return b
}

// origin says where a statement came from, for the statement browser.
func (a *app) origin(ctx context.Context, org, statement string) (*browse.Origin, error) {
	o, ok, err := a.flows.Origin(ctx, org, statement)
	if err != nil || !ok {
		return nil, err
	}
	x := browse.Origin{From: o.From, Import: o.Flow == "", Stored: o.Stored}
	said := o.Said()
	x.Said, _ = said["name"].(string)
	if account, ok := said["account"].(map[string]any); ok && x.Said == "" {
		x.Said = fmt.Sprint(account["homePage"], " ", account["name"])
	}
	for _, key := range []string{"mbox", "openid", "mbox_sha1sum"} {
		if s, ok := said[key].(string); ok && x.Said == "" {
			x.Said = s
		}
	}
	return &x, nil
}
