package xapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client talks to a record store. All fields are set before its first use; it may be used by many goroutines.
type Client struct {
	Endpoint      string        // e.g. https://town.example/xapi, without a slash at the end
	Authorization string        // the header; see Basic
	Version       Version       // V1 or V2
	HTTP          *http.Client  // with a timeout
	NewID         func() string // UUIDs of statements that have none
	Tries         int           // of a request in all; 0 for 5
	Pause         time.Duration // before the second try, doubled for each further one; 0 for 200 ms
	Batch         int           // statements of one request; 0 for 100
}

// Basic returns the Authorization header of a key and its secret.
func Basic(key, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"+secret))
}

// ResponseError is an answer that refuses.
type ResponseError struct {
	Status int
	Code   string // of Palestra's problems; "" from other stores
	Detail string // what the store says
	After  time.Duration
}

// Error returns the status and what the store says.
func (e *ResponseError) Error() string {
	return fmt.Sprintf("xapi: the record store answered %d %s %s", e.Status, e.Code, e.Detail)
}

const maxAnswer = 64 << 20 // bytes

// Store sends statements and returns their ids in the same order. A statement without an id gets one before it is sent,
// so trying again stores nothing twice. Statements go in batches; when one is refused, those before it are stored.
func (c *Client) Store(ctx context.Context, statements ...json.RawMessage) ([]string, error) {
	ids := make([]string, 0, len(statements))
	batch := make([]json.RawMessage, 0, len(statements))
	for _, raw := range statements {
		named, id, err := withID(raw, c.NewID)
		if err != nil {
			return nil, err
		}
		batch, ids = append(batch, named), append(ids, id)
	}
	size := c.Batch
	if size <= 0 {
		size = 100
	}
	for at := 0; at < len(batch); at += size {
		body, err := json.Marshal(batch[at:min(at+size, len(batch))])
		if err != nil {
			return nil, fmt.Errorf("xapi: encode statements: %w", err)
		}
		if _, err := c.send(ctx, http.MethodPost, "/statements", body, mediaJSON); err != nil {
			return ids[:at], err
		}
	}
	return ids, nil
}

// withID returns the statement with an id, and the id.
func withID(raw json.RawMessage, newID func() string) (json.RawMessage, string, error) {
	t, err := parseTree(raw)
	if err != nil {
		return nil, "", err
	}
	if t.nodes[0].kind != object {
		return nil, "", &Error{Clause: "Data §2.4", Text: "a statement is an object"}
	}
	if id := t.textAt(0, "id"); id != "" {
		return raw, id, nil
	}
	id := newID()
	comma := ","
	if t.nodes[0].count == 0 {
		comma = ""
	}
	return json.RawMessage(`{"id":"` + id + `"` + comma + string(raw[t.nodes[0].start+1:])), id, nil
}

// Put stores one statement under its id.
func (c *Client) Put(ctx context.Context, id string, statement json.RawMessage) error {
	_, err := c.send(ctx, http.MethodPut, "/statements?statementId="+url.QueryEscape(id), statement, mediaJSON)
	return err
}

// Get returns one statement, unless it is voided. Then, and when there is none, the error is a *ResponseError with 404.
func (c *Client) Get(ctx context.Context, id string) (json.RawMessage, error) {
	a, err := c.fetch(ctx, "/statements?statementId="+url.QueryEscape(id))
	return a.body, err
}

// Voided returns one voided statement.
func (c *Client) Voided(ctx context.Context, id string) (json.RawMessage, error) {
	a, err := c.fetch(ctx, "/statements?voidedStatementId="+url.QueryEscape(id))
	return a.body, err
}

// Filter says which statements are wanted; zero fields do not matter. Communication §2.1.3
type Filter struct {
	Agent             *Agent
	Verb              string
	Activity          string
	Registration      string
	RelatedAgents     bool
	RelatedActivities bool
	Since, Until      time.Time // stored after, stored at or before
	Limit             int       // of a page
	Format            string    // exact, ids, canonical
	Language          string    // Accept-Language, for canonical
	Ascending         bool
	Attachments       bool // with their data
}

func (f Filter) query() (string, error) {
	q := url.Values{}
	set := func(name, value string, is bool) {
		if is {
			q.Set(name, value)
		}
	}
	if f.Agent != nil {
		b, err := json.Marshal(f.Agent)
		if err != nil {
			return "", fmt.Errorf("xapi: encode an agent: %w", err)
		}
		q.Set("agent", string(b))
	}
	set("verb", f.Verb, f.Verb != "")
	set("activity", f.Activity, f.Activity != "")
	set("registration", f.Registration, f.Registration != "")
	set("related_agents", "true", f.RelatedAgents)
	set("related_activities", "true", f.RelatedActivities)
	set("since", FormatTime(f.Since), !f.Since.IsZero())
	set("until", FormatTime(f.Until), !f.Until.IsZero())
	set("limit", strconv.Itoa(f.Limit), f.Limit > 0)
	set("format", f.Format, f.Format != "")
	set("ascending", "true", f.Ascending)
	set("attachments", "true", f.Attachments)
	return "/statements?" + q.Encode(), nil
}

// Page is a part of what a filter finds.
type Page struct {
	Statements  []json.RawMessage
	Attachments []Attachment // of these statements, if the filter asked for them
	More        string       // link to what follows, for Client.More; "" at the end
	// ConsistentThrough says that no further statement will be stored at or before it. Zero if the store does not say.
	ConsistentThrough time.Time
}

// Page returns the first page of what the filter wants.
func (c *Client) Page(ctx context.Context, f Filter) (Page, error) {
	path, err := f.query()
	if err != nil {
		return Page{}, err
	}
	return c.page(ctx, path, f.Language)
}

// More returns the page that a link leads to.
func (c *Client) More(ctx context.Context, link string) (Page, error) {
	path, err := c.more(link)
	if err != nil {
		return Page{}, err
	}
	return c.page(ctx, path, "")
}

func (c *Client) page(ctx context.Context, path, language string) (Page, error) {
	a, err := c.do(ctx, call{method: http.MethodGet, path: path, language: language})
	if err != nil {
		return Page{}, err
	}
	var p Page
	if a.body, p.Attachments, err = a.parts(); err != nil {
		return Page{}, err
	}
	var result struct {
		Statements []json.RawMessage `json:"statements"`
		More       string            `json:"more"`
	}
	if err := json.Unmarshal(a.body, &result); err != nil {
		return Page{}, fmt.Errorf("xapi: decode a page: %w", err)
	}
	p.Statements, p.More = result.Statements, result.More
	if t, err := ParseTime(a.header.Get("X-Experience-API-Consistent-Through")); err == nil {
		p.ConsistentThrough = t
	}
	return p, nil
}

// Statements walks all statements that the filter wants, page by page. The walk ends with the first error.
func (c *Client) Statements(ctx context.Context, f Filter) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		p, err := c.Page(ctx, f)
		for {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, s := range p.Statements {
				if !yield(s, nil) {
					return
				}
			}
			if p.More == "" {
				return
			}
			var path string
			if path, err = c.more(p.More); err == nil {
				p, err = c.page(ctx, path, f.Language)
			}
		}
	}
}

// more makes the address of a link to more statements, which is relative to the host, and refuses other hosts: they
// would get the credential.
func (c *Client) more(link string) (string, error) {
	base, err := url.Parse(c.Endpoint)
	if err != nil {
		return "", fmt.Errorf("xapi: endpoint: %w", err)
	}
	u, err := base.Parse(link)
	if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
		return "", fmt.Errorf("xapi: the link to more statements leads elsewhere: %q", shorten(link))
	}
	return u.String(), nil
}

// About returns the versions that the store speaks.
func (c *Client) About(ctx context.Context) ([]string, error) {
	a, err := c.fetch(ctx, "/about")
	if err != nil {
		return nil, err
	}
	var about struct {
		Version []string `json:"version"`
	}
	if err := json.Unmarshal(a.body, &about); err != nil {
		return nil, fmt.Errorf("xapi: decode about: %w", err)
	}
	return about.Version, nil
}

// call is one request.
type call struct {
	method, path string
	body         []byte
	media        string // of the body; "" for none
	language     string // Accept-Language
	match, none  string // If-Match, If-None-Match
}

// reply is an answer that does not refuse.
type reply struct {
	body   json.RawMessage
	header http.Header
	tries  int // how often the request was sent
}

const mediaJSON = "application/json"

func (c *Client) fetch(ctx context.Context, path string) (reply, error) {
	return c.do(ctx, call{method: http.MethodGet, path: path})
}

func (c *Client) send(ctx context.Context, method, path string, body []byte, media string) (reply, error) {
	return c.do(ctx, call{method: method, path: path, body: body, media: media})
}

// do sends a request until it is answered, refused for good, or has been tried often enough. What this client sends may
// be repeated: statements have their ids, merging twice is merging once, and conditional requests look at what is there
// when a repetition is refused.
func (c *Client) do(ctx context.Context, r call) (reply, error) {
	tries, pause := c.Tries, c.Pause
	if tries <= 0 {
		tries = 5
	}
	if pause <= 0 {
		pause = 200 * time.Millisecond
	}
	for try := 1; ; try++ {
		a, err := c.once(ctx, r)
		a.tries = try
		if err == nil {
			return a, nil
		}
		wait := pause << (try - 1)
		if refused, ok := errors.AsType[*ResponseError](err); ok {
			switch refused.Status {
			case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
				wait = max(wait, refused.After)
			default:
				return a, err
			}
		}
		if try >= tries {
			return a, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return a, errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}

func (c *Client) once(ctx context.Context, r call) (_ reply, err error) {
	address := r.path
	if strings.HasPrefix(r.path, "/") {
		address = c.Endpoint + r.path
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(r.body))
	if err != nil {
		return reply{}, fmt.Errorf("xapi: %w", err)
	}
	for name, value := range map[string]string{"Authorization": c.Authorization, "X-Experience-API-Version": string(c.Version), "Content-Type": r.media,
		"Accept-Language": r.language, "If-Match": r.match, "If-None-Match": r.none} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("xapi: %w", err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return reply{}, fmt.Errorf("xapi: %w", err)
	case len(b) > maxAnswer:
		return reply{}, errors.New("xapi: the answer is too large")
	case resp.StatusCode < 300:
		return reply{body: b, header: resp.Header}, nil
	}
	refused := &ResponseError{Status: resp.StatusCode, Detail: shorten(string(b))}
	var p struct{ Code, Detail string }
	if json.Unmarshal(b, &p) == nil && p.Code != "" {
		refused.Code, refused.Detail = p.Code, shorten(p.Detail)
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		refused.After = time.Duration(s) * time.Second
	}
	return reply{}, refused
}
