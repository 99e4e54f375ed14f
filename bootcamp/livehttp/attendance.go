package livehttp

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"rsc.io/qr"

	"palestra/bootcamp/live"
	"palestra/course/export"
	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people/peoplehttp"
)

// AttendanceMarkBody is what who leads has said of somebody's attendance.
type AttendanceMarkBody struct {
	At      time.Time `json:"at"`
	State   string    `json:"state" enum:"present,partly,absent,excused"`
	Minutes int       `json:"minutes"`
	Reason  string    `json:"reason"`
}

// AttendanceRowBody is somebody's attendance in one session, as it results from the room, the door and the marks.
type AttendanceRowBody struct {
	Person    string               `json:"person"`
	Name      string               `json:"name"`
	Town      string               `json:"town" doc:"What her organisation is called"`
	State     string               `json:"state" enum:"present,partly,absent,excused"`
	Minutes   int                  `json:"minutes" doc:"That count"`
	Room      int                  `json:"room" doc:"Minutes in the live room"`
	CheckedIn *time.Time           `json:"checkedIn,omitempty" doc:"At the door"`
	Marks     []AttendanceMarkBody `json:"marks" doc:"All of them; the last counts"`
	Differs   bool                 `json:"differs" doc:"The mark contradicts what was seen"`
	Member    bool                 `json:"member" doc:"Has a place in the cohort now"`
}

// AttendanceSheetBody is a session's attendance list.
type AttendanceSheetBody struct {
	Open  bool                `json:"open" doc:"People can check in at the door"`
	Share int                 `json:"share" doc:"Per cent of the session that count as attendance"`
	Rows  []AttendanceRowBody `json:"rows"`
}

// DoorCodeBody is what the door shows.
type DoorCodeBody struct {
	Code  string    `json:"code"`
	Until time.Time `json:"until"`
	Link  string    `json:"link" doc:"Where one checks in with this code"`
	QR    []string  `json:"qr" doc:"The link as a QR code: rows of 0 and 1, with its quiet edge"`
}

// CheckedInBody says when somebody checked in.
type CheckedInBody struct {
	At time.Time `json:"at"`
}

const session = "/bootcamps/{b}/sessions/{s}"

func (h *handlers) registerAttendance(e *web.Edge) {
	op := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"attendance"}, DefaultStatus: status}
	}
	huma.Register(e.API, op("get-attendance", http.MethodGet, session+"/attendance", "Who was there", 200), h.attendance)
	huma.Register(e.API, op("set-attendance", http.MethodPut, session+"/attendance", "Open or shut the door, and set what counts as attendance", 204), h.setAttendance)
	huma.Register(e.API, op("mark-attendance", http.MethodPost, session+"/attendance/{p}/marks", "Say whether somebody was there; what was said before stays to be read", 204), h.mark)
	huma.Register(e.API, op("get-door-code", http.MethodGet, session+"/attendance/code", "What the door shows now", 200), h.code)
	huma.Register(e.API, op("check-in", http.MethodPost, session+"/check-in", "Check in at the door by the code that it shows", 200), h.checkIn)
	e.App.Get(web.Base+"/bootcamps/:b/sessions/:s/attendance.csv", h.attendanceTable("csv"))
	e.App.Get(web.Base+"/bootcamps/:b/sessions/:s/attendance.xlsx", h.attendanceTable("xlsx"))
	e.App.Get(web.Base+"/bootcamps/:b/sessions/:s/attendance.pdf", h.attendancePaper)
}

// SessionIn names a session.
type SessionIn struct {
	peoplehttp.Signed
	Bootcamp string `path:"b" maxLength:"64"`
	Session  string `path:"s" maxLength:"64"`
}

func (in SessionIn) door() live.Door { return live.Door{Bootcamp: in.Bootcamp, Session: in.Session} }

func (h *handlers) attendance(ctx context.Context, in *SessionIn) (*peoplehttp.Out[AttendanceSheetBody], error) {
	rows, sh, err := h.svc.Attendances(ctx, in.By, in.door())
	if err != nil {
		return nil, err
	}
	b := AttendanceSheetBody{Open: sh.Open, Share: sh.Share, Rows: make([]AttendanceRowBody, 0, len(rows))}
	for _, r := range rows {
		row := AttendanceRowBody{Person: r.Person, Name: r.Name, Town: r.TownName, State: r.State, Minutes: r.Minutes, Room: r.Room, CheckedIn: r.CheckedIn, Marks: []AttendanceMarkBody{},
			Differs: r.Differs, Member: r.Member}
		for _, m := range r.Marks {
			row.Marks = append(row.Marks, AttendanceMarkBody{At: m.At, State: m.State, Minutes: m.Minutes, Reason: m.Reason})
		}
		b.Rows = append(b.Rows, row)
	}
	return &peoplehttp.Out[AttendanceSheetBody]{Body: b}, nil
}

func (h *handlers) setAttendance(ctx context.Context, in *struct {
	SessionIn
	Body struct {
		Open  bool `json:"open"`
		Share int  `json:"share" minimum:"1" maximum:"100"`
	}
}) (*none, error) {
	_, err := h.svc.SetSheet(ctx, in.By, in.door(), in.Body.Open, in.Body.Share)
	return nil, err
}

func (h *handlers) mark(ctx context.Context, in *struct {
	SessionIn
	Person string `path:"p" maxLength:"64"`
	Body   struct {
		State   string `json:"state" enum:"present,partly,absent,excused"`
		Minutes int    `json:"minutes" minimum:"0"`
		Reason  string `json:"reason" maxLength:"1000"`
	}
}) (*none, error) {
	return nil, h.svc.Mark(ctx, in.By, in.door(), in.Person, live.Mark{State: in.Body.State, Minutes: in.Body.Minutes, Reason: in.Body.Reason})
}

func (h *handlers) code(ctx context.Context, in *SessionIn) (*peoplehttp.Out[DoorCodeBody], error) {
	code, until, err := h.svc.Code(ctx, in.By, in.door())
	if err != nil {
		return nil, err
	}
	link := h.publicURL + "/bootcamps/" + in.Bootcamp + "/sessions/" + in.Session + "/check-in?code=" + code
	rows, err := matrix(link)
	return &peoplehttp.Out[DoorCodeBody]{Body: DoorCodeBody{Code: code, Until: until, Link: link, QR: rows}}, err
}

// matrix returns a text as a QR code (ISO/IEC 18004): rows of 0 and 1, with the quiet edge of four.
func matrix(text string) ([]string, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	const edge = 4
	var rows []string
	for y := -edge; y < c.Size+edge; y++ {
		row := make([]byte, 0, c.Size+2*edge)
		for x := -edge; x < c.Size+edge; x++ {
			if c.Black(x, y) {
				row = append(row, '1')
			} else {
				row = append(row, '0')
			}
		}
		rows = append(rows, string(row))
	}
	return rows, nil
}

func (h *handlers) checkIn(ctx context.Context, in *struct {
	SessionIn
	Body struct {
		Code string `json:"code" maxLength:"20"`
	}
}) (*peoplehttp.Out[CheckedInBody], error) {
	at, err := h.svc.CheckIn(ctx, in.By, in.door(), in.Body.Code)
	return &peoplehttp.Out[CheckedInBody]{Body: CheckedInBody{at}}, err
}

// attendanceFormat names the columns of the list as a table, which stay as they are. CSV has the first of them, with
// times in UTC; a workbook has them all, with times in the zone of the session.
const (
	attendanceFormat = "attendance/1"
	columnsOfCSV     = 9
)

func attendanceColumns() []export.Head {
	return []export.Head{{Name: "name", Type: export.Text}, {Name: "organisation", Type: export.Text}, {Name: "attendance", Type: export.Text}, {Name: "minutes", Type: export.Integer},
		{Name: "minutes_in_room", Type: export.Integer}, {Name: "checked_in", Type: export.Instant}, {Name: "marked", Type: export.Instant}, {Name: "mark_reason", Type: export.Text},
		{Name: "contradiction", Type: export.Text}, {Name: "session", Type: export.Text}, {Name: "day", Type: export.Date}}
}

// listed returns the list of the session that is asked for, and the zone of its place.
func (h *handlers) listed(c *fiber.Ctx) (live.Listing, *time.Location, error) {
	by := peoplehttp.Actor(c)
	if by.Person == "" {
		return live.Listing{}, nil, fault.New(fault.Unsigned, "people.unsigned", "sign in first")
	}
	list, err := h.svc.Listed(c.UserContext(), by, live.Door{Bootcamp: strings.Clone(c.Params("b")), Session: strings.Clone(c.Params("s"))})
	if err != nil {
		return list, nil, err
	}
	zone, err := time.LoadLocation(list.Session.Zone)
	return list, zone, err
}

// attendanceTable writes a session's list as a table, in one of the forms of exports.
func (h *handlers) attendanceTable(form string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		list, zone, err := h.listed(c)
		if err != nil {
			return err
		}
		columns := attendanceColumns()
		if form == "csv" {
			columns, zone = columns[:columnsOfCSV], time.UTC
		}
		info := export.Info{Organisation: list.HostName, OrganisationID: list.Host, Zone: zone, AsOf: h.svc.Now(), Temp: h.temp}
		_, cancel := web.FileContext(c)
		f := export.Forms()[form]
		web.File(c, h.log, f.MediaType, "attendance."+f.Extension, cancel, func(w io.Writer) error {
			_, err := export.Tabulate(w, form, attendanceFormat, "attendance", columns, info, attendanceRows(list, info, len(columns)))
			return err
		})
		return nil
	}
}

func attendanceRows(list live.Listing, info export.Info, columns int) iter.Seq2[[]export.Value, error] {
	day := export.Day(list.Session.Local[:len(time.DateOnly)])
	return func(yield func([]export.Value, error) bool) {
		for _, r := range list.Rows {
			var checked, marked time.Time
			reason := ""
			if r.CheckedIn != nil {
				checked = *r.CheckedIn
			}
			if n := len(r.Marks); n > 0 {
				marked, reason = r.Marks[n-1].At, r.Marks[n-1].Reason
			}
			row := []export.Value{export.Words(r.Name), export.Words(r.TownName), export.Words(r.State), export.Whole(int64(r.Minutes)), export.Whole(int64(r.Room)), export.At(checked, info), export.At(marked, info),
				export.Words(reason), export.Words(strconv.FormatBool(r.Differs)), export.Words(list.Session.Title), day.Value()}
			if !yield(row[:columns], nil) {
				return
			}
		}
	}
}
