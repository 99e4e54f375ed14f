package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/lrs/count"
	"palestra/lrs/xapi"
	"palestra/people"
	"palestra/people/peoplehttp"
)

// counts decides who sees the figures of which record store: administrators and HR those of their own town, operators
// those of every town.
type counts struct {
	svc    *count.Service
	people *people.Service
	home   string // of the platform's accounts
}

func (k *counts) town(ctx context.Context, by people.Actor, named string) (string, error) {
	return townOf(ctx, k.people, by, named, people.Administrator, people.HR)
}

// name says who the actors of figures are, to who may be told names as in the statement browser: HR of the own town, and
// operators, who are noted.
func (k *counts) name(ctx context.Context, by people.Actor, org string, list []RecordCountBody) error {
	hr := by.Organisation == org && by.Has(people.HR)
	if !hr && !by.Operator {
		return nil
	}
	for i := range list {
		home, account, ok := xapi.SplitIdentity(list[i].Key)
		if !ok || home != k.home {
			continue
		}
		m, err := k.people.MemberByAccount(ctx, org, account)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		list[i].Person, list[i].Name = m.ID, m.Name
	}
	if hr {
		return nil
	}
	return k.people.Note(ctx, org, by, "statements.searched", org, "actors")
}

// RecordCountsBody is what the figures of a record store rest on.
type RecordCountsBody struct {
	Total      int64     `json:"total" doc:"Statements that count: all that were stored and are not voided"`
	Counted    int64     `json:"counted" doc:"Number of the last statement that is counted"`
	Head       int64     `json:"head" doc:"Number of the newest statement"`
	Since      time.Time `json:"since" doc:"When counting began, or was done anew"`
	Rebuilding bool      `json:"rebuilding" doc:"All is being counted anew; the figures are those from before until that is done"`
	Rebuilt    int64     `json:"rebuilt" doc:"Number of the last statement that is counted anew"`
}

// RecordCountBody is one figure.
type RecordCountBody struct {
	Key   string `json:"key" doc:"IRI of a verb, an activity or a course; home page and name of an account, or another identifier, of an actor"`
	Total int64  `json:"total"`
	Last  string `json:"last,omitempty" doc:"The last day, 2026-01-31"`
	// Person and Name are for who may be told names only.
	Person string `json:"person,omitempty" doc:"Of an actor who is a member: the id. For HR and operators"`
	Name   string `json:"name,omitempty" doc:"And the name"`
}

// RecordCountDaysBody is one figure day by day.
type RecordCountDaysBody struct {
	Total int64                `json:"total"`
	Days  []RecordCountDayBody `json:"days" doc:"In order; days without any are left out"`
}

// RecordCountDayBody is a figure of one day.
type RecordCountDayBody struct {
	Date string `json:"date" doc:"2026-01-31, a day of the town"`
	N    int64  `json:"n"`
}

// registerCounts adds the figures of the record stores.
func registerCounts(e *web.Edge, k *counts) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/record-counts" + path, Summary: summary, Tags: []string{"records"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("get-record-counts", http.MethodGet, "", "How many statements there are, and how far they are counted", 200),
		func(ctx context.Context, in *OfTown) (*peoplehttp.Out[RecordCountsBody], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			x, err := k.svc.Summary(ctx, org)
			if err != nil {
				return nil, err
			}
			return &peoplehttp.Out[RecordCountsBody]{Body: RecordCountsBody(x)}, nil
		})
	type topInput struct {
		OfTown
		peoplehttp.List
		Kind   string `query:"kind" enum:"verb,activity,actor,course" default:"verb"`
		Course string `query:"course" maxLength:"500" doc:"Activity id of a course of this platform: verbs or activities within it"`
	}
	huma.Register(e.API, op("top-record-counts", http.MethodGet, "/top", "The most frequent verbs, activities, actors or courses", 200),
		func(ctx context.Context, in *topInput) (*peoplehttp.Out[peoplehttp.Page[RecordCountBody]], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			p, err := k.svc.Top(ctx, org, count.Kind(in.Kind), in.Course, in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			page := peoplehttp.PageOf(p.Docs, p.Next, func(x count.Entry) RecordCountBody { return RecordCountBody{Key: x.Key, Total: x.Total, Last: x.Last} })
			if in.Kind == string(count.Actor) {
				err = k.name(ctx, in.By, org, page.Items)
			}
			return &peoplehttp.Out[peoplehttp.Page[RecordCountBody]]{Body: page}, err
		})
	type daysInput struct {
		OfTown
		Kind   string `query:"kind" enum:"all,verb,activity,actor,course" default:"all"`
		Key    string `query:"key" maxLength:"2000" doc:"As in the list; empty for all"`
		Course string `query:"course" maxLength:"500" doc:"Activity id of a course of this platform: a verb or an activity within it"`
		From   string `query:"from" maxLength:"10" doc:"First day, 2026-01-31; missing: the first there is"`
		To     string `query:"to" maxLength:"10" doc:"Last day; missing: the last there is"`
	}
	huma.Register(e.API, op("days-of-record-count", http.MethodGet, "/days", "One figure day by day, in days of the town", 200),
		func(ctx context.Context, in *daysInput) (*peoplehttp.Out[RecordCountDaysBody], error) {
			org, err := k.town(ctx, in.By, in.Organisation)
			if err != nil {
				return nil, err
			}
			total, list, err := k.svc.Days(ctx, org, count.Kind(in.Kind), in.Course, in.Key, in.From, in.To)
			if err != nil {
				return nil, err
			}
			b := RecordCountDaysBody{Total: total, Days: make([]RecordCountDayBody, 0, len(list))}
			for _, d := range list {
				b.Days = append(b.Days, RecordCountDayBody(d))
			}
			return &peoplehttp.Out[RecordCountDaysBody]{Body: b}, nil
		})
	huma.Register(e.API, op("recount-records", http.MethodPost, "/recount", "Count all statements that are kept anew, in the background", 202),
		func(ctx context.Context, in *OfTown) (*struct{}, error) {
			org, err := townOf(ctx, k.people, in.By, in.Organisation, people.Administrator)
			if err != nil {
				return nil, err
			}
			if err := k.svc.Rebuild(ctx, org); err != nil {
				return nil, err
			}
			return nil, k.people.Note(ctx, org, in.By, "record_counts.recounted", "", "")
		})
}
