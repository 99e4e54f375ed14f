package lrs

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"strings"

	"palestra/lrs/xapi"
)

// position is a query with where it goes on: all that is in a link to more statements, so that nothing is remembered here
// and the link is good for ever. It grants nothing: who follows it must hold a credential.
type position struct {
	Agent             string `json:"a,omitempty"`
	Verb              string `json:"v,omitempty"`
	Activity          string `json:"o,omitempty"`
	Registration      string `json:"r,omitempty"`
	RelatedAgents     bool   `json:"ra,omitempty"`
	RelatedActivities bool   `json:"ro,omitempty"`
	Ascending         bool   `json:"u,omitempty"`
	Format            string `json:"f,omitempty"`
	Attachments       bool   `json:"t,omitempty"`
	From              int64  `json:"n,omitempty"` // numbers: from inclusive
	To                int64  `json:"m,omitempty"` // to exclusive; 0: open
	Until             int64  `json:"w,omitempty"` // stored at the latest, in Unix milliseconds; 0: open
	Limit             int    `json:"l"`
}

func (p position) query() Query {
	return Query{Agent: p.Agent, Verb: p.Verb, Activity: p.Activity, Registration: p.Registration, RelatedAgents: p.RelatedAgents,
		RelatedActivities: p.RelatedActivities, Limit: p.Limit, Ascending: p.Ascending, Format: p.Format, Attachments: p.Attachments}
}

// position returns where a query begins, or goes on.
func (s *Service) position(ctx context.Context, org string, q Query) (position, error) {
	if q.More != "" {
		p, ok := decodePosition(q.More)
		if !ok || p.Limit < 1 || p.From < 1 || p.To < 0 {
			return p, badMore()
		}
		p.Limit = min(p.Limit, s.c.Limits.Page)
		if p.Attachments {
			p.Limit = min(p.Limit, maxWithAttachments)
		}
		return p, nil
	}
	p := position{Agent: q.Agent, Verb: q.Verb, Activity: q.Activity, Registration: strings.ToLower(q.Registration), RelatedAgents: q.RelatedAgents,
		RelatedActivities: q.RelatedActivities, Ascending: q.Ascending, Format: q.Format, Attachments: q.Attachments, Limit: q.Limit}
	if p.Limit <= 0 || p.Limit > s.c.Limits.Page {
		p.Limit = s.c.Limits.Page
	}
	if q.Attachments {
		p.Limit = min(p.Limit, maxWithAttachments)
	}
	if !q.Until.IsZero() {
		p.Until = q.Until.UnixMilli()
	}
	var err error
	p.From, p.To, err = s.bounds(ctx, org, q.Since, q.Until)
	return p, err
}

// behind returns the position after the statement with this number.
func (p position) behind(number int64) position {
	if number == 0 {
		return p
	}
	if p.Ascending {
		p.From = number + 1
	} else {
		p.To = number
	}
	return p
}

func (p position) encode() string {
	b, err := json.Marshal(p)
	if err != nil { // strings and numbers only
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)))
}

// maxWithAttachments is how many statements a page holds when their attachments come with it: all of it is in memory.
const maxWithAttachments = 20

// maxMore bounds what is read of a link, in bytes.
const maxMore = 16 << 10

func decodePosition(text string) (position, bool) {
	var p position
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 4 || len(b) > maxMore {
		return p, false
	}
	b, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if crc32.ChecksumIEEE(b) != sum || json.Unmarshal(b, &p) != nil {
		return p, false
	}
	return p, p.Registration == "" || xapi.ValidUUID(p.Registration)
}
