// Package export writes an organisation's completions for its HR office: the same frozen columns as CSV (RFC 4180), as a
// CSV that European Excel opens by a double click, and as a typed XLSX workbook.
//
// The columns are a contract with spreadsheets and payroll programs that we never see. Format names it; a golden file
// freezes it; whoever must change a column makes a new version beside it. docs/exports.md explains every column.
//
// Everything streams: rows come from an iterator and leave at once, so a million of them need no more memory than ten.
package export

import (
	"fmt"
	"time"

	"palestra/internal/csvcell"
)

// Format names the columns, their order and their forms.
const Format = "hr-completions/1"

// State says how a record stands.
type State string

// The states of a record.
const (
	Completed State = "completed"
	Corrected State = "corrected" // the row shows how it stands after its last correction
	Withdrawn State = "withdrawn" // it should never have been made
)

// Day is a day of the calendar, YYYY-MM-DD, or "". A due date is a legal day in the organisation's zone, not an instant.
type Day string

// Row is one completion as it stands.
type Row struct {
	Record        string    // id of the completion
	Entry         int64     // number of the ledger entry that says how it stands, from 1
	Name          string    // of the person
	Email         string    //
	Unit          string    // name; "" if in none
	Course        string    // id
	CourseTitle   string    //
	CourseVersion int64     // from 1
	Rule          string    // version of the completion rule
	State         State     //
	Reason        string    // of the last correction or the withdrawal; "" if completed
	EnrolledAt    time.Time // zero if unknown
	CompletedAt   time.Time //
	Due           Day       // "" if nobody set one
	DueEnds       time.Time // when that day ends by the clocks by which it was said; zero if nobody set one
	Minutes       int64     // of learning, from 0
	Score         *int64    // hundredths of a per cent, 0 to 10000; nil if there was nothing to score
	Via           string    // self, hr or rule: how the person was enrolled
	Account       string    // random xAPI account name
	Statements    []string  // ids of the statements that are the evidence
	EvidenceHash  string    // SHA-256, hexadecimal
	Certificate   string    // address at which anyone can check it
	Left          bool      // the person no longer belongs to the organisation
}

// Info says of whom and of when an export is.
type Info struct {
	Organisation   string         // name
	OrganisationID string         //
	Zone           *time.Location // of the organisation; its days are legal days
	AsOf           time.Time      // the instant at which the rows were so
	Temp           string         // folder for the temporary file of XLSX, about 2.5 kB a row; "": the system's, which may lie in memory
}

// Type says what the cells of a column hold.
type Type string

// The types of columns.
const (
	Text    Type = "text"
	Integer Type = "integer"
	Decimal Type = "decimal"   // two places
	Date    Type = "date"      // a legal day
	Instant Type = "date-time" // in the organisation's zone
	Flag    Type = "yes/no"
	List    Type = "list" // of ids, separated by one space
)

// Column is one of the frozen columns of rows R.
type Column[R any] struct {
	Name string
	Type Type
	cell func(*R, *Info) cell
}

// table is a format: its name, its columns, and what its sheets are called.
type table[R any] struct {
	format  string
	sheet   string
	columns []Column[R]
	check   func(*R) error // refuses rows that would be exported wrongly
}

func completions() table[Row] {
	return table[Row]{Format, "completions", Columns(), (*Row).check}
}

// cell is one value. Which field holds it follows from the column's type.
type cell struct {
	empty bool
	text  string
	n     int64 // integer; hundredths of a decimal; 1 for yes
	at    time.Time
	list  []string
}

func text(s string) cell { return cell{empty: s == "", text: s} }

func instant(t time.Time, i *Info) cell { return cell{empty: t.IsZero(), at: t.In(i.Zone)} }

func yesNo(yes bool) cell {
	if yes {
		return cell{n: 1}
	}
	return cell{}
}

// Columns returns the frozen columns in order.
func Columns() []Column[Row] {
	return []Column[Row]{
		{"record_id", Text, func(r *Row, _ *Info) cell { return text(r.Record) }},
		{"ledger_entry", Integer, func(r *Row, _ *Info) cell { return cell{n: r.Entry} }},
		{"person_name", Text, func(r *Row, _ *Info) cell { return text(r.Name) }},
		{"email", Text, func(r *Row, _ *Info) cell { return text(r.Email) }},
		{"unit", Text, func(r *Row, _ *Info) cell { return text(r.Unit) }},
		{"organisation", Text, func(_ *Row, i *Info) cell { return text(i.Organisation) }},
		{"organisation_id", Text, func(_ *Row, i *Info) cell { return text(i.OrganisationID) }},
		{"course_id", Text, func(r *Row, _ *Info) cell { return text(r.Course) }},
		{"course_title", Text, func(r *Row, _ *Info) cell { return text(r.CourseTitle) }},
		{"course_version", Integer, func(r *Row, _ *Info) cell { return cell{n: r.CourseVersion} }},
		{"rule_version", Text, func(r *Row, _ *Info) cell { return text(r.Rule) }},
		{"state", Text, func(r *Row, _ *Info) cell { return text(string(r.State)) }},
		{"correction_reason", Text, func(r *Row, _ *Info) cell { return text(r.Reason) }},
		{"enrolled_at", Instant, func(r *Row, i *Info) cell { return instant(r.EnrolledAt, i) }},
		{"completed_at", Instant, func(r *Row, i *Info) cell { return instant(r.CompletedAt, i) }},
		{"completed_at_utc", Text, func(r *Row, _ *Info) cell { return text(r.CompletedAt.UTC().Format("2006-01-02T15:04:05.000Z")) }},
		{"zone", Text, func(_ *Row, i *Info) cell { return text(i.Zone.String()) }},
		{"due_date", Date, func(r *Row, _ *Info) cell { return cell{empty: r.Due == "", text: string(r.Due)} }},
		{"on_time", Flag, onTime},
		{"minutes", Integer, func(r *Row, _ *Info) cell { return cell{n: r.Minutes} }},
		{"score_percent", Decimal, func(r *Row, _ *Info) cell {
			if r.Score == nil {
				return cell{empty: true}
			}
			return cell{n: *r.Score}
		}},
		{"via", Text, func(r *Row, _ *Info) cell { return text(r.Via) }},
		{"account", Text, func(r *Row, _ *Info) cell { return text(r.Account) }},
		{"statement_ids", List, func(r *Row, _ *Info) cell { return cell{empty: len(r.Statements) == 0, list: r.Statements} }},
		{"evidence_hash", Text, func(r *Row, _ *Info) cell { return text(r.EvidenceHash) }},
		{"certificate_url", Text, func(r *Row, _ *Info) cell { return text(r.Certificate) }},
		{"member_state", Text, func(r *Row, _ *Info) cell {
			if r.Left {
				return text("left")
			}
			return text("active")
		}},
		{"as_of", Instant, func(_ *Row, i *Info) cell { return instant(i.AsOf, i) }},
		{"format", Text, func(*Row, *Info) cell { return text(Format) }},
	}
}

// onTime reports whether a legal day had not ended: whoever completes on the due date, at whatever hour, is on time.
func onTime(r *Row, _ *Info) cell {
	if r.Due == "" || r.State == Withdrawn {
		return cell{empty: true}
	}
	return yesNo(r.CompletedAt.Before(r.DueEnds))
}

// check refuses rows that would be exported wrongly.
func (r *Row) check() error {
	if r.Record == "" || r.Entry < 1 || r.CompletedAt.IsZero() {
		return fmt.Errorf("the record %q lacks its id, its ledger entry or its time", r.Record)
	}
	if err := checkDue(r.Due, r.DueEnds); err != nil {
		return fmt.Errorf("the record %s %w", r.Record, err)
	}
	switch r.State {
	case Completed, Corrected, Withdrawn:
		return nil
	}
	return fmt.Errorf("the record %s has an unknown state: %q", r.Record, r.State)
}

// checkDue refuses a day without its end, or an end without its day.
func checkDue(day Day, ends time.Time) error {
	if day == "" && ends.IsZero() {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, string(day)); err != nil {
		return fmt.Errorf("has a due date that is none: %q", day)
	}
	if ends.IsZero() {
		return fmt.Errorf("has a due date that never ends: %q", day)
	}
	return nil
}

func (i *Info) check() error {
	if i.Zone == nil || i.OrganisationID == "" || i.AsOf.IsZero() {
		return fmt.Errorf("an export needs organisation, zone and time")
	}
	return nil
}

// Plain returns the text of a CSV cell as it was before it was defused.
func Plain(cell string) string { return csvcell.Plain(cell) }
