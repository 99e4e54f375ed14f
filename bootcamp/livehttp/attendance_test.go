package livehttp

import (
	"bytes"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"palestra/bootcamp"
	"palestra/bootcamp/live"
	"palestra/course/export"
)

// The list as a table: CSV with its nine columns and times in UTC, a workbook with numbers that are numbers, and nothing
// in it that is a formula.
func TestAttendanceTable(t *testing.T) {
	t.Parallel()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 8, 35, 0, 0, time.UTC)
	list := live.Listing{Host: "castelverde", HostName: "Castelverde", Session: bootcamp.Session{Title: "=SUM(A1)", Local: "2026-11-24T09:30", Zone: "Europe/Rome"},
		Rows: []live.Row{{Name: "Ada", TownName: "Castelverde", State: live.Present, Minutes: 85, CheckedIn: &at, Marks: []live.Mark{{At: at, Reason: "=cmd|x"}}, Differs: true}, {Name: "Bea", State: live.Absent}}}
	write := func(form string, columns int, zone *time.Location) []byte {
		t.Helper()
		info := export.Info{Organisation: "Castelverde", OrganisationID: "castelverde", Zone: zone, AsOf: at, Temp: t.TempDir()}
		var out bytes.Buffer
		if _, err := export.Tabulate(&out, form, attendanceFormat, "attendance", attendanceColumns()[:columns], info, attendanceRows(list, info, columns)); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	want := "name,organisation,attendance,minutes,minutes_in_room,checked_in,marked,mark_reason,contradiction\r\n" +
		"Ada,Castelverde,present,85,0,2026-11-24T08:35:00Z,2026-11-24T08:35:00Z,'=cmd|x,true\r\nBea,,absent,0,0,,,,false\r\n"
	if got := string(write("csv", columnsOfCSV, time.UTC)); got != want {
		t.Errorf("CSV:\n%s\nwant\n%s", got, want)
	}
	book, err := excelize.OpenReader(bytes.NewReader(write("xlsx", len(attendanceColumns()), rome)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}()
	for cell, want := range map[string]string{"A2": "Ada", "D2": "85", "F2": "2026-11-24 09:35:00", "H2": "=cmd|x", "J2": "=SUM(A1)", "K2": "2026-11-24", "A3": "Bea"} {
		if got, err := book.GetCellValue("attendance", cell); err != nil || got != want {
			t.Errorf("%s: got %q, want %q (%v)", cell, got, want, err)
		}
	}
	for _, cell := range []string{"H2", "J2"} {
		if formula, err := book.GetCellFormula("attendance", cell); err != nil || formula != "" {
			t.Errorf("%s is a formula: %q (%v)", cell, formula, err)
		}
	}
}
