package meeting

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// BigBlueButton joins a BigBlueButton. The room is made there when the first one comes.
type BigBlueButton struct {
	URL    string // https://bbb.example.org/bigbluebutton/api
	Secret string
	Hook   string // https://palestra.example.org/api/v1/hooks/bigbluebutton, to which it reports when a meeting is over; "" for no reports
	Client *http.Client
	Now    func() time.Time
}

// call returns the address of a signed call (checksum with SHA-256). The query is written as Java and browsers write forms:
// so its checksum is the same to a server, or one before it, that reads the query and writes it anew.
func (b BigBlueButton) call(name string, q url.Values) string {
	query := strings.NewReplacer("%2A", "*", "~", "%7E").Replace(q.Encode())
	sum := sha256.Sum256([]byte(name + query + b.Secret))
	return strings.TrimRight(b.URL, "/") + "/" + name + "?" + query + "&checksum=" + hex.EncodeToString(sum[:])
}

// passwords follow from the room and the secret: calls are repeated with the same ones.
func (b BigBlueButton) password(room, what string) string {
	h := hmac.New(sha256.New, []byte(b.Secret))
	h.Write([]byte(what + "\x00" + room))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Join makes the room if it is not there, and returns where the guest goes.
func (b BigBlueButton) Join(ctx context.Context, g Guest) (string, error) {
	attendee, moderator := b.password(g.Room, "attendee"), b.password(g.Room, "moderator")
	q := url.Values{"meetingID": {g.Room}, "name": {title(g.Title)}, "attendeePW": {attendee}, "moderatorPW": {moderator}}
	if b.Hook != "" { // it tells only of meetings whose events it keeps
		q.Set("meetingKeepEvents", "true")
		q.Set("meta_analytics-callback-url", b.Hook+"/"+b.key(g.Room))
	}
	create := b.call("create", q)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, create, http.NoBody)
	if err != nil {
		return "", fmt.Errorf("meeting.BigBlueButton: %w", err)
	}
	resp, err := b.Client.Do(req)
	if err != nil {
		return "", fmt.Errorf("meeting.BigBlueButton: %w", err)
	}
	defer resp.Body.Close()
	var answer struct {
		Code string `xml:"returncode"`
		Key  string `xml:"messageKey"`
	}
	if err := xml.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&answer); err != nil {
		return "", fmt.Errorf("meeting.BigBlueButton: %w", err)
	}
	if answer.Code != "SUCCESS" {
		return "", fmt.Errorf("meeting.BigBlueButton: it says %q", answer.Key)
	}
	password, role := attendee, "VIEWER"
	if g.Leads {
		password, role = moderator, "MODERATOR"
	}
	return b.call("join", url.Values{"meetingID": {g.Room}, "fullName": {g.Name}, "userID": {g.Who}, "password": {password}, "role": {role}, "redirect": {"true"}}), nil
}

// title makes a name of 2 to 64 characters (in UTF-16) of a session's title; others are refused by BigBlueButton.
func title(s string) string {
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > 64 {
			return strings.TrimSpace(s[:i])
		}
	}
	if n < 2 {
		return s + " -"
	}
	return s
}

// ReportMost is how long a report of a BigBlueButton may be. It tells of everybody, five hundred people with their votes.
const ReportMost = 8 << 20 // bytes

const (
	maxStays = 500 // of one person; what she came and went oftener is not told
	maxWho   = 64  // bytes
)

// Stay is when one person was in a meeting.
type Stay struct {
	Who   string
	Times []Time // in order; they do not touch
}

// Time is from when until when.
type Time struct{ From, To time.Time }

// Calls says whether the token that a report brings is that of the server: signed with its secret (HMAC-SHA-512), for a
// day. It is asked before anything else of the report is read. ErrSignature
func (b BigBlueButton) Calls(authorization string) error {
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok {
		return ErrSignature
	}
	var claims struct {
		Until int64 `json:"exp"`
	}
	if err := verify("HS512", sha512.New, b.Secret, token, &claims); err != nil {
		return err
	}
	if b.Now().Unix() > claims.Until {
		return ErrSignature
	}
	return nil
}

// key is the end of the address to which a meeting is reported: nobody else can know it, and that of one room is not that of
// another, because the token of a report binds neither the room nor what is said of it.
func (b BigBlueButton) key(room string) string { return b.password(room, "report") }

// Report reads what the server tells of a meeting that is over: who was there, and when. key is the end of the address at
// which it was told, body its text. The times of people with several browsers are put together. ErrSignature
func (b BigBlueButton) Report(key string, body []byte) (room string, stays []Stay, err error) {
	var r struct {
		Room string `json:"meeting_id"`
		Data struct {
			Finish    moment `json:"finish"`
			Attendees []struct {
				Who    string   `json:"ext_user_id"`
				Joins  []moment `json:"joins"`
				Leaves []moment `json:"leaves"`
			} `json:"attendees"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return "", nil, fmt.Errorf("meeting.Report: %w", err)
	}
	if !hmac.Equal([]byte(key), []byte(b.key(r.Room))) {
		return "", nil, ErrSignature
	}
	for _, a := range r.Data.Attendees {
		if a.Who == "" || len(a.Who) > maxWho || len(a.Joins) > maxStays || len(a.Leaves) > maxStays {
			continue
		}
		if times := together(a.Joins, a.Leaves, r.Data.Finish.Time); len(times) > 0 {
			stays = append(stays, Stay{a.Who, times})
		}
	}
	return r.Room, stays, nil
}

// together returns when somebody was there at least once. Whose going was not noticed was there until the end.
func together(joins, leaves []moment, end time.Time) []Time {
	type step struct {
		at time.Time
		by int
	}
	var steps []step
	for _, j := range joins {
		steps = append(steps, step{j.Time, 1})
	}
	for _, l := range leaves {
		steps = append(steps, step{l.Time, -1})
	}
	steps = slices.DeleteFunc(steps, func(s step) bool { return s.at.IsZero() })
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	var times []Time
	there, since := 0, time.Time{}
	add := func(to time.Time) {
		if to.After(since) {
			times = append(times, Time{since, to})
		}
	}
	for _, s := range steps {
		if there == 0 && s.by > 0 {
			since = s.at
		}
		if there == 1 && s.by < 0 {
			add(s.at)
		}
		there = max(there+s.by, 0)
	}
	if there > 0 {
		add(end)
	}
	return times
}

// moment is a time as Ruby writes it: as RFC 3339 says or with spaces. What is neither is no time.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(b []byte) error {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 UTC"} {
		if t, err := time.Parse(form, strings.Trim(string(b), `"`)); err == nil {
			m.Time = t.UTC()
			break
		}
	}
	return nil
}
