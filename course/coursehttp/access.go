package coursehttp

import (
	"context"
	"time"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// ClauseBody counts how videos stand to a clause of EN 301 549.
type ClauseBody struct {
	Number        string `json:"number" doc:"Of EN 301 549 V3.2.1"`
	Met           int    `json:"met"`
	Reason        int    `json:"reason" doc:"Not met for a reason that the author has stated"`
	NotApplicable int    `json:"notApplicable"`
}

// AccessStatementBody is what a town's published courses offer to those who do not see or hear their videos.
type AccessStatementBody struct {
	Organisation string       `json:"organisation"`
	Courses      int          `json:"courses" doc:"That are published"`
	Videos       int          `json:"videos"`
	Unknown      int          `json:"unknown" doc:"Published before anybody asked"`
	Silent       int          `json:"silent" doc:"Nothing is said in them"`
	Captioned    int          `json:"captioned"`
	Measured     int          `json:"measured" doc:"Captions that were held against the sound"`
	Coverage     float64      `json:"coverage" doc:"Share of what is said that those cover, on average"`
	Described    int          `json:"described"`
	Excused      int          `json:"excused" doc:"A reason is stated why they need no audio description"`
	Chaptered    int          `json:"chaptered"`
	Clauses      []ClauseBody `json:"clauses"`
	Updated      *time.Time   `json:"updated" nullable:"true" doc:"Null while nothing was published"`
}

func (h *handlers) accessStatement(ctx context.Context, in *struct {
	peoplehttp.Anyone
	Org string `path:"organisation" maxLength:"100"`
}) (*peoplehttp.Out[AccessStatementBody], error) {
	st, err := h.svc.AccessStatement(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	return out(accessStatementBody(st)), nil
}

func accessStatementBody(st course.AccessStatement) AccessStatementBody {
	t := st.Total
	b := AccessStatementBody{Organisation: st.Name, Courses: t.Courses, Videos: t.Videos, Unknown: t.Unknown, Silent: t.Silent, Captioned: t.Captioned,
		Measured: t.Measured, Described: t.Described, Excused: t.Excused, Chaptered: t.Chaptered, Clauses: make([]ClauseBody, 0, len(t.Clauses))}
	if t.Measured > 0 {
		b.Coverage = t.Coverage / float64(t.Measured)
	}
	for _, c := range t.Clauses {
		b.Clauses = append(b.Clauses, ClauseBody{c.Number, c.Met, c.Reason, c.None})
	}
	if !st.Updated.IsZero() {
		b.Updated = &st.Updated
	}
	return b
}
