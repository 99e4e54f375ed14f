package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/export"
	"palestra/internal/config"
	"palestra/internal/id"
	"palestra/internal/store"
)

// BenchmarkExport measures HR's export behind the service, with everything that a row asks for, and how much memory the
// whole process has at most meanwhile (Linux): choose one with -bench 'Export/csv$' -benchtime 1x.
func BenchmarkExport(b *testing.B) {
	const n = 1_000_000
	dir := b.TempDir()
	cfg := &config.Config{Addr: "127.0.0.1:0", Data: dir + "/data", Keys: dir + "/keys", Log: "error"}
	check(b, cfg.Check())
	a, err := build(b.Context(), cfg, console{io.Discard, io.Discard}, false)
	check(b, err)
	b.Cleanup(func() { check(b, a.Close()) })
	ada, _ := newcomer(b.Context(), b, a)
	completions, err := store.NewTown[course.Completion](a.db, "completions", 1, // as the room declares them
		store.On("byAt", store.Time("at")),
		store.On("byPerson", store.Str("person"), store.Time("at")),
		store.On("byCourse", store.Str("course"), store.Time("at")),
		store.On("byPending", store.Bool("pending"), store.Time("at")))
	check(b, err)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	score := 0.85
	for i := 0; i < n; i += 500 {
		list := make([]course.Completion, 500)
		for j := range list {
			at = at.Add(7 * time.Second)
			list[j] = course.Completion{Meta: store.Meta{ID: id.New()}, Enrolment: id.Random(), Person: ada.Person, Account: id.Random(), Course: fmt.Sprint("course-", j%60),
				Title: course.Text{"en": "Open data for clerks", "it": "Dati aperti in ufficio"}, Version: 3, Minutes: 45, Via: "video", Enrolled: at.Add(-1e6 * time.Second), At: at,
				Score: &score, Statement: id.Random(), Statements: []string{id.Random(), id.Random(), id.Random()}, Hash: strings.Repeat("ab", 32), Ledger: int64(i + j + 1),
				LedgerHash: strings.Repeat("cd", 32), Certificate: id.Random()}
		}
		check(b, completions.Insert(b.Context(), ada.Organisation, list...))
	}
	for name, write := range map[string]func(course.Export) (int64, error){
		"csv":  func(x course.Export) (int64, error) { return export.CSV(io.Discard, x.Info, x.Rows) },
		"xlsx": func(x course.Export) (int64, error) { return export.XLSX(io.Discard, x.Info, x.Rows) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				before := resident(b, os.Getpid(), "VmRSS")
				check(b, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)) // the peak begins anew
				x, err := a.course.ExportOf(b.Context(), ada.Organisation)
				check(b, err)
				_, err = write(x)
				check(b, err)
				b.ReportMetric(float64(before>>20), "MB-before")
				b.ReportMetric(float64(resident(b, os.Getpid(), "VmHWM")>>20), "MB-peak")
			}
		})
	}
}
