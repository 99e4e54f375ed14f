package mail

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
)

// TestSeveralFilesStandSideBySide writes a letter with several calendars: a program takes one of alternatives, so each is a
// part of its own beside the text.
func TestSeveralFilesStandSideBySide(t *testing.T) {
	t.Parallel()
	l := Letter{To: "rosa@tammela.example", Subject: "Cancelled", Text: "Three do not take place.", Created: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	for _, name := range []string{"a.ics", "b.ics", "c.ics"} {
		l.With = append(l.With, Part{Type: "text/calendar; charset=utf-8; method=CANCEL", Name: name, Data: []byte("BEGIN:VCALENDAR " + name)})
	}
	m, err := message(l, "palestra@localhost")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	read, err := netmail.ReadMessage(&b)
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatalf("the letter is %s, %v", kind, err)
	}
	parts := multipart.NewReader(read.Body, params["boundary"])
	var got []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, kind+" "+params["method"]+" "+part.FileName())
	}
	if want := "text/plain  |text/calendar CANCEL a.ics|text/calendar CANCEL b.ics|text/calendar CANCEL c.ics"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "|"), want)
	}
}
