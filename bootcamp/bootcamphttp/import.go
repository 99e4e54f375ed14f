package bootcamphttp

import (
	"context"

	"palestra/bootcamp"
	"palestra/people/peoplehttp"
)

// CohortListedBody is a line of a list of people, and what becomes of it.
type CohortListedBody struct {
	Line         int    `json:"line" doc:"In the file, from 1"`
	Email        string `json:"email"`
	Name         string `json:"name"`
	Language     string `json:"language"`
	Organisation string `json:"organisation"`
	State        string `json:"state,omitempty" enum:"invited,welcomed,already" doc:"Missing if something is wrong. welcomed: she is new and makes her account first"`
	Wrong        string `json:"wrong,omitempty" enum:"formula,text,quotes,address,twice,name,language,organisation,member,stranger" doc:"stranger: she has no account, and only her own organisation can make her one; member: she has one, but not there"`
}

// CohortListBody is a list of people that was read, or taken.
type CohortListBody struct {
	Done  bool               `json:"done" doc:"false: it was only read"`
	Lines []CohortListedBody `json:"lines"`
}

func (h *handlers) importMembers(ctx context.Context, in *struct {
	CohortIn
	Body struct {
		File []byte `json:"file" doc:"CSV (UTF-8, UTF-16 or Windows-1252) or XLSX, at most 1 MB and 500 lines. Columns: address, name, language, organisation; only the first is needed"`
		Role string `json:"role,omitempty" enum:"participant,facilitator,observer" default:"participant"`
		Do   bool   `json:"do,omitempty" doc:"Invites the people; else the list is only read"`
	}
}) (*peoplehttp.Out[CohortListBody], error) {
	read := h.svc.TryImport
	if in.Body.Do {
		read = h.svc.Import
	}
	lines, err := read(ctx, in.By, in.Bootcamp, in.Cohort, in.Body.Role, in.Body.File)
	if err != nil {
		return nil, err
	}
	body := CohortListBody{Done: in.Body.Do, Lines: make([]CohortListedBody, 0, len(lines))}
	for _, l := range lines {
		body.Lines = append(body.Lines, listed(l))
	}
	return out(body), nil
}

func listed(l bootcamp.Listed) CohortListedBody {
	return CohortListedBody{Line: l.Line, Email: l.Address, Name: l.Name, Language: l.Language, Organisation: l.Organisation, State: l.State, Wrong: l.Wrong}
}
