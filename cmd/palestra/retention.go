package main

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/internal/web"
	"palestra/lrs"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// retention decides who may say how long which statements are kept: administrators, for their own town. What they do is
// noted.
type retention struct {
	lrs    *lrs.Service
	people *people.Service
	course *course.Service
	ring   func(ctx context.Context, org, run string) error // tells a worker to go on with a run
}

// town returns the organisation that is meant.
func (k *retention) town(by people.Actor) (string, error) {
	return by.Organisation, by.Must(people.Administrator)
}

func (k *retention) addRule(ctx context.Context, by people.Actor, org string, r lrs.Rule) (lrs.Rule, error) {
	r.By = by.Account
	r, err := k.lrs.AddRule(ctx, org, r)
	if err != nil {
		return r, err
	}
	return r, k.people.Note(ctx, org, by, "retention.created", r.ID, r.Name)
}

func (k *retention) deleteRule(ctx context.Context, by people.Actor, org, id string) error {
	if err := k.lrs.DeleteRule(ctx, org, id); err != nil {
		return err
	}
	return k.people.Note(ctx, org, by, "retention.deleted", id, "")
}

func (k *retention) dryRun(ctx context.Context, by people.Actor, org, rule string) (lrs.Run, error) {
	r, err := k.lrs.DryRun(ctx, org, rule, by.Account)
	if err != nil {
		return r, err
	}
	return r, k.ring(ctx, org, r.ID)
}

func (k *retention) remove(ctx context.Context, by people.Actor, org, id string, digest []byte) (lrs.Run, error) {
	r, err := k.lrs.Remove(ctx, org, id, digest, by.Account)
	if err != nil {
		return r, err
	}
	if err := k.people.Note(ctx, org, by, "retention.ordered", id, hexOf(digest)); err != nil {
		return r, err
	}
	return r, k.ring(ctx, org, id)
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// RetentionRuleBody says which statements the organisation does not want to keep.
type RetentionRuleBody struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Days     int       `json:"days" doc:"Statements that were stored longer ago are meant"`
	Verb     string    `json:"verb" doc:"IRI; empty for any"`
	Activity string    `json:"activity" doc:"IRI of the object; empty for any"`
	Created  time.Time `json:"created"`
}

func ruleBody(r lrs.Rule) RetentionRuleBody {
	return RetentionRuleBody{ID: r.ID, Name: r.Name, Days: r.Days, Verb: r.Verb, Activity: r.Activity, Created: r.Created}
}

// RetentionRunBody is one use of a rule: a list, and then, if it was ordered, the removal of what is listed.
type RetentionRunBody struct {
	ID       string            `json:"id"`
	Rule     RetentionRuleBody `json:"rule" doc:"As it was when the list was begun"`
	Before   time.Time         `json:"before" doc:"What was stored earlier is meant"`
	State    string            `json:"state" enum:"listing,listed,removing,done,discarded"`
	Made     time.Time         `json:"made"`
	Expires  time.Time         `json:"expires" doc:"A list that nobody has used by then is thrown away"`
	Finished *time.Time        `json:"finished,omitempty"`
	Listed   int64             `json:"listed" doc:"Statements that the real run removes"`
	Held     int64             `json:"held" doc:"Statements that the rule names and that must stay"`
	Removed  int64             `json:"removed"`
	Spared   int64             `json:"spared" doc:"Listed, and held since"`
	Digest   string            `json:"digest" doc:"Of the ids that are listed; hexadecimal"`
	Gone     string            `json:"gone" doc:"Of the ids that were removed: the same if none was spared"`
}

func runBody(r lrs.Run) RetentionRunBody {
	return RetentionRunBody{ID: r.ID, Rule: ruleBody(r.Rule), Before: r.Before, State: r.State, Made: r.Made, Expires: r.Expires, Finished: r.Finished,
		Listed: r.Listed, Held: r.Held, Removed: r.Removed, Spared: r.Spared, Digest: hexOf(r.Digest), Gone: hexOf(r.Gone)}
}

// RetentionLineBody is a statement in a list.
type RetentionLineBody struct {
	ID       string     `json:"id"`
	Number   int64      `json:"number"`
	Stored   time.Time  `json:"stored"`
	Verb     string     `json:"verb"`
	Activity string     `json:"activity"`
	Account  string     `json:"account" doc:"Random name of the actor; empty of others"`
	Why      string     `json:"why,omitempty" doc:"Why it is held; translated as held.<why>" enum:"evidence,learning,decision,unread,unsent,voiding"`
	Until    *time.Time `json:"until,omitempty" doc:"How long; missing: for good, or until something happens"`
}

func lineBody(l lrs.Line) RetentionLineBody {
	return RetentionLineBody{ID: l.ID, Number: l.Number, Stored: l.Stored, Verb: l.Verb, Activity: l.Activity, Account: l.Account, Why: l.Why, Until: l.Until}
}

// RetentionTermBody is for how many years evidence is held.
type RetentionTermBody struct {
	Years int `json:"years" doc:"After a completion, for what it rests on, for the platform's own decisions, and for the name of somebody who was erased"`
}

// registerRetention adds the routes.
func registerRetention(e *web.Edge, k *retention) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"retention"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("list-retention-rules", http.MethodGet, "/retention/rules", "Rules about statements that are not kept", 200), func(ctx context.Context, in *struct {
		peoplehttp.Signed
		peoplehttp.List
	}) (*peoplehttp.Out[peoplehttp.Page[RetentionRuleBody]], error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		p, err := k.lrs.Rules(ctx, org, in.Cursor, in.Limit)
		return &peoplehttp.Out[peoplehttp.Page[RetentionRuleBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, ruleBody)}, err
	})
	huma.Register(e.API, op("create-retention-rule", http.MethodPost, "/retention/rules", "Make a rule; it removes nothing by itself", 201), func(ctx context.Context, in *struct {
		peoplehttp.Signed
		Body struct {
			Name     string `json:"name,omitempty" maxLength:"200"`
			Days     int    `json:"days"`
			Verb     string `json:"verb,omitempty" maxLength:"2000" doc:"IRI"`
			Activity string `json:"activity,omitempty" maxLength:"2000" doc:"IRI"`
		}
	}) (*peoplehttp.Out[RetentionRuleBody], error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		r, err := k.addRule(ctx, in.By, org, lrs.Rule{Name: in.Body.Name, Days: in.Body.Days, Verb: in.Body.Verb, Activity: in.Body.Activity})
		return &peoplehttp.Out[RetentionRuleBody]{Body: ruleBody(r)}, err
	})
	huma.Register(e.API, op("delete-retention-rule", http.MethodDelete, "/retention/rules/{id}", "Forget a rule", 204), func(ctx context.Context, in *peoplehttp.IDInput) (*struct{}, error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		return nil, k.deleteRule(ctx, in.By, org, in.ID)
	})
	huma.Register(e.API, op("get-retention-term", http.MethodGet, "/retention/term", "For how many years evidence is held", 200), func(ctx context.Context, in *struct{ peoplehttp.Signed }) (*peoplehttp.Out[RetentionTermBody], error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		years, err := k.course.Term(ctx, org)
		return &peoplehttp.Out[RetentionTermBody]{Body: RetentionTermBody{years}}, err
	})
	huma.Register(e.API, op("set-retention-term", http.MethodPut, "/retention/term", "Decide for how many years evidence is held", 204), func(ctx context.Context, in *struct {
		peoplehttp.Signed
		Body RetentionTermBody
	}) (*struct{}, error) {
		return nil, k.course.SetTerm(ctx, in.By, in.Body.Years)
	})
	registerRuns(e, k, op)
}

func registerRuns(e *web.Edge, k *retention, op func(id, method, path, summary string, status int) huma.Operation) {
	type one = peoplehttp.Out[RetentionRunBody]
	huma.Register(e.API, op("list-retention-runs", http.MethodGet, "/retention/runs", "Lists that were made, the newest first, and what became of them", 200), func(ctx context.Context, in *struct {
		peoplehttp.Signed
		peoplehttp.List
	}) (*peoplehttp.Out[peoplehttp.Page[RetentionRunBody]], error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		p, err := k.lrs.Runs(ctx, org, in.Cursor, in.Limit)
		return &peoplehttp.Out[peoplehttp.Page[RetentionRunBody]]{Body: peoplehttp.PageOf(p.Docs, p.Next, runBody)}, err
	})
	huma.Register(e.API, op("begin-retention-run", http.MethodPost, "/retention/runs", "List what a rule would remove now (a dry run); nothing is removed", 202), func(ctx context.Context, in *struct {
		peoplehttp.Signed
		Body struct {
			Rule string `json:"rule" maxLength:"100" doc:"Id"`
		}
	}) (*one, error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		r, err := k.dryRun(ctx, in.By, org, in.Body.Rule)
		return &one{Body: runBody(r)}, err
	})
	huma.Register(e.API, op("get-retention-run", http.MethodGet, "/retention/runs/{id}", "One list, and what became of it", 200), func(ctx context.Context, in *peoplehttp.IDInput) (*one, error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		r, err := k.lrs.Run(ctx, org, in.ID)
		return &one{Body: runBody(r)}, err
	})
	huma.Register(e.API, op("list-retention-statements", http.MethodGet, "/retention/runs/{id}/statements", "What the real run removes, or what is held and why, in pages of 500 at most", 200), func(ctx context.Context, in *struct {
		peoplehttp.IDInput
		Held   bool   `query:"held" doc:"What must stay instead"`
		Cursor string `query:"cursor" maxLength:"2000" doc:"next of the page before"`
	}) (*peoplehttp.Out[peoplehttp.Page[RetentionLineBody]], error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		lines, next, err := k.lrs.Lines(ctx, org, in.ID, in.Held, in.Cursor)
		return &peoplehttp.Out[peoplehttp.Page[RetentionLineBody]]{Body: peoplehttp.PageOf(lines, next, lineBody)}, err
	})
	huma.Register(e.API, op("remove-listed", http.MethodPost, "/retention/runs/{id}/removal", "Remove exactly what is listed", 202), func(ctx context.Context, in *struct {
		peoplehttp.IDInput
		Body struct {
			Digest string `json:"digest" maxLength:"64" doc:"Of the list that was looked at"`
		}
	}) (*one, error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		digest, err := hex.DecodeString(in.Body.Digest)
		if err != nil {
			return nil, fault.New(fault.Conflict, "lrs.retention_changed", "this is not the list that was looked at")
		}
		r, err := k.remove(ctx, in.By, org, in.ID, digest)
		return &one{Body: runBody(r)}, err
	})
	huma.Register(e.API, op("discard-retention-run", http.MethodDelete, "/retention/runs/{id}", "Throw a list away", 204), func(ctx context.Context, in *peoplehttp.IDInput) (*struct{}, error) {
		org, err := k.town(in.By)
		if err != nil {
			return nil, err
		}
		return nil, k.lrs.Discard(ctx, org, in.ID)
	})
}

// eachRule walks an organisation's rules.
func (k *retention) eachRule(ctx context.Context, org string, f func(lrs.Rule) error) error {
	return eachPage(func(cursor string) (store.Page[lrs.Rule], error) { return k.lrs.Rules(ctx, org, cursor, 0) }, f)
}

// eachPage calls f with everything on all pages.
func eachPage[D any](page func(cursor string) (store.Page[D], error), f func(D) error) error {
	for cursor := ""; ; {
		p, err := page(cursor)
		if err != nil {
			return err
		}
		for _, d := range p.Docs {
			if err := f(d); err != nil {
				return err
			}
		}
		if cursor = p.Next; cursor == "" {
			return nil
		}
	}
}
