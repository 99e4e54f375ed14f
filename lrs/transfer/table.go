package transfer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/csvcell"
	"palestra/internal/fault"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// columns returns every column of a table by its name, in their usual order.
func columns() []column {
	return []column{
		{"number", func(st lrs.Stored, _ *row) any { return st.Number }},
		{"id", func(st lrs.Stored, _ *row) any { return st.ID }},
		{"stored", func(st lrs.Stored, _ *row) any { return xapi.FormatTime(st.Stored) }},
		{"timestamp", func(st lrs.Stored, _ *row) any { return xapi.FormatTime(st.Timestamp) }},
		{"actor", func(st lrs.Stored, _ *row) any { return st.Actor }},
		{"account", func(_ lrs.Stored, r *row) any { return r.Actor.account() }},
		{"actor_name", func(_ lrs.Stored, r *row) any { return r.Actor.Name }},
		{"verb", func(st lrs.Stored, _ *row) any { return st.Verb }},
		{"verb_display", func(_ lrs.Stored, r *row) any { return one(r.Verb.Display) }},
		{"object_type", func(_ lrs.Stored, r *row) any { return r.objectType() }},
		{"object", func(_ lrs.Stored, r *row) any { return r.object() }},
		{"object_name", func(_ lrs.Stored, r *row) any { return r.objectName() }},
		{"activity_type", func(_ lrs.Stored, r *row) any { return r.Object.Definition.Type }},
		{"registration", func(st lrs.Stored, _ *row) any { return st.Registration }},
		{"success", func(_ lrs.Stored, r *row) any { return yes(r.Result.Success) }},
		{"completion", func(_ lrs.Stored, r *row) any { return yes(r.Result.Completion) }},
		{"score_scaled", func(_ lrs.Stored, r *row) any { return r.Result.Score.Scaled }},
		{"score_raw", func(_ lrs.Stored, r *row) any { return r.Result.Score.Raw }},
		{"score_min", func(_ lrs.Stored, r *row) any { return r.Result.Score.Min }},
		{"score_max", func(_ lrs.Stored, r *row) any { return r.Result.Score.Max }},
		{"response", func(_ lrs.Stored, r *row) any { return r.Result.Response }},
		{"duration", func(_ lrs.Stored, r *row) any { return r.Result.Duration }},
		{"parent", func(_ lrs.Stored, r *row) any { return ids(r.Context.ContextActivities["parent"]) }},
		{"grouping", func(_ lrs.Stored, r *row) any { return ids(r.Context.ContextActivities["grouping"]) }},
		{"category", func(_ lrs.Stored, r *row) any { return ids(r.Context.ContextActivities["category"]) }},
		{"platform", func(_ lrs.Stored, r *row) any { return r.Context.Platform }},
		{"language", func(_ lrs.Stored, r *row) any { return r.Context.Language }},
		{"authority", func(_ lrs.Stored, r *row) any { return r.Authority.account() }},
		{"statement", func(st lrs.Stored, _ *row) any { return string(oneLine(st.Raw)) }},
	}
}

type column struct {
	name string
	cell func(st lrs.Stored, r *row) any // string or json.Number
}

// Columns returns the names of all columns, in their usual order.
func Columns() []string {
	var list []string
	for _, c := range columns() {
		list = append(list, c.name)
	}
	return list
}

// usual are the columns of whoever chooses none.
func usual() []string {
	return []string{"id", "stored", "timestamp", "account", "verb", "object", "object_name", "registration", "success", "completion", "score_scaled", "duration"}
}

// row is what columns want to know of a statement.
type row struct {
	Actor     agent `json:"actor"`
	Authority agent `json:"authority"`
	Verb      struct {
		Display map[string]string `json:"display"`
	} `json:"verb"`
	Object struct {
		agent
		ObjectType string `json:"objectType"`
		ID         string `json:"id"`
		Definition struct {
			Name map[string]string `json:"name"`
			Type string            `json:"type"`
		} `json:"definition"`
	} `json:"object"`
	Result struct {
		Success    *bool  `json:"success"`
		Completion *bool  `json:"completion"`
		Response   string `json:"response"`
		Duration   string `json:"duration"`
		Score      struct {
			Scaled json.Number `json:"scaled"`
			Raw    json.Number `json:"raw"`
			Min    json.Number `json:"min"`
			Max    json.Number `json:"max"`
		} `json:"score"`
	} `json:"result"`
	Context struct {
		Platform          string `json:"platform"`
		Language          string `json:"language"`
		ContextActivities map[string][]struct {
			ID string `json:"id"`
		} `json:"contextActivities"`
	} `json:"context"`
}

type agent struct {
	Name    string `json:"name"`
	Mbox    string `json:"mbox"`
	SHA1    string `json:"mbox_sha1sum"`
	OpenID  string `json:"openid"`
	Account struct {
		Name string `json:"name"`
	} `json:"account"`
}

// account returns what names an agent: the name of its account, or another identifier.
func (a agent) account() string {
	for _, s := range []string{a.Account.Name, a.Mbox, a.SHA1, a.OpenID} {
		if s != "" {
			return s
		}
	}
	return ""
}

func (r *row) objectType() string {
	if r.Object.ObjectType == "" {
		return "Activity"
	}
	return r.Object.ObjectType
}

func (r *row) object() string {
	if r.Object.ID != "" {
		return r.Object.ID
	}
	return r.Object.account()
}

func (r *row) objectName() string {
	if len(r.Object.Definition.Name) > 0 {
		return one(r.Object.Definition.Name)
	}
	return r.Object.Name
}

// one returns the English text of a language map, or the one whose tag comes first.
func one(texts map[string]string) string {
	best := ""
	for tag := range texts {
		english, was := strings.HasPrefix(tag, "en"), strings.HasPrefix(best, "en")
		if best == "" || english && !was || english == was && tag < best {
			best = tag
		}
	}
	return texts[best]
}

func yes(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

func ids(list []struct {
	ID string `json:"id"`
}) string {
	all := make([]string, len(list))
	for i, x := range list {
		all[i] = x.ID
	}
	return strings.Join(all, " ")
}

// Table is how a table is written.
type Table struct {
	Columns []string // of Columns; none: the usual ones
	Excel   bool     // with byte order mark, semicolons and decimal commas, as European spreadsheets open it by a double click
	Since   time.Time
	Until   time.Time // stored before; zero: no limit
}

// CSV writes statements as a table: one row each, voided ones as well. It returns how many rows it wrote. Fault:
// lrs.export_columns, before anything is written
func (s *Service) CSV(ctx context.Context, org string, how Table, w io.Writer) (n int64, err error) {
	if len(how.Columns) == 0 {
		how.Columns = usual()
	}
	chosen, err := choose(how.Columns)
	if err != nil {
		return 0, err
	}
	sep := byte(',')
	out := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	if how.Excel {
		sep = ';'
		line = append(line, "\ufeff"...)
	}
	for i, c := range chosen {
		if i > 0 {
			line = append(line, sep)
		}
		line = append(line, c.name...)
	}
	line = append(line, '\r', '\n')
	if _, err := out.Write(line); err != nil {
		return 0, wrap("CSV", err)
	}
	last, err := s.c.Records.Head(ctx, org)
	if err != nil {
		return 0, wrap("CSV", err)
	}
	for at := int64(0); at < last; {
		list, err := s.c.Records.After(ctx, org, at, 200)
		if err != nil {
			return n, wrap("CSV", err)
		}
		if len(list) == 0 {
			break
		}
		for _, st := range list {
			if at = st.Number; at > last {
				break
			}
			if st.Stored.Before(how.Since) || !how.Until.IsZero() && !st.Stored.Before(how.Until) {
				continue
			}
			line = how.row(line[:0], st, chosen, sep)
			if _, err := out.Write(line); err != nil {
				return n, wrap("CSV", err)
			}
			n++
		}
	}
	return n, wrap("CSV", out.Flush())
}

// CheckColumns returns the fault lrs.export_columns if there is no such column, or one is there twice.
func CheckColumns(names []string) error {
	_, err := choose(names)
	return err
}

func choose(names []string) ([]column, error) {
	var chosen []column
	for i, name := range names {
		at := slices.IndexFunc(columns(), func(c column) bool { return c.name == name })
		if at < 0 || slices.Contains(names[:i], name) {
			return nil, noColumn(name)
		}
		chosen = append(chosen, columns()[at])
	}
	return chosen, nil
}

// noColumn is the fault that names a column that there is not.
func noColumn(name string) error {
	name = shorten(name)
	return fault.New(fault.Invalid, "lrs.export_columns", "there is no column %q; there are %s", name, strings.Join(Columns(), ", ")).With("name", name)
}

func (t Table) row(line []byte, st lrs.Stored, chosen []column, sep byte) []byte {
	var r row
	_ = json.Unmarshal(bytes.TrimSpace(st.Raw), &r) // what has another form stays empty
	for i, c := range chosen {
		if i > 0 {
			line = append(line, sep)
		}
		switch v := c.cell(st, &r).(type) {
		case int64:
			line = strconv.AppendInt(line, v, 10)
		case json.Number:
			text := string(v)
			if t.Excel {
				text = strings.ReplaceAll(text, ".", ",")
			}
			line = append(line, text...)
		case string:
			line = csvcell.Append(line, csvcell.Defuse(csvcell.Clean(v)))
		}
	}
	return append(line, '\r', '\n')
}
