package lrstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"palestra/internal/id"
	"palestra/lrs/xapi"
)

// Documents by the client, over a line that loses every second answer, in both versions.
func TestClientDocuments(t *testing.T) {
	t.Parallel()
	for _, version := range []xapi.Version{xapi.V1, xapi.V2} {
		s := serve(t, version)
		c := listen(t, s, &lossy{under: &http.Transport{DisableKeepAlives: true}})
		c.Version, c.Tries = version, 20
		ctx := t.Context()
		ada := xapi.ByAccount(Home, "u-ada")
		for name, d := range map[string]xapi.Documents{"states": c.States(activityX, ada, id.New()), "agent profiles": c.AgentProfiles(ada), "activity profiles": c.ActivityProfiles(activityX)} {
			_, err := d.Get(ctx, "one")
			if e, ok := errors.AsType[*xapi.ResponseError](err); !ok || e.Status != 404 || e.Code != "lrs.document_not_found" {
				t.Fatal(name, err)
			}
			if err := d.Put(ctx, "one", xapi.Document{ContentType: "text/x", Data: []byte("a")}); err != nil {
				t.Fatal(name, err)
			}
			doc, err := d.Get(ctx, "one")
			if err != nil || string(doc.Data) != "a" || doc.ContentType != "text/x" || doc.ETag == "" || time.Since(doc.Updated) > time.Minute {
				t.Fatal(name, doc, err)
			}
			if err := d.Put(ctx, "one", xapi.Document{ContentType: "text/x", Data: []byte("b")}); err == nil {
				t.Error(name, "a new document in place of another")
			}
			doc.Data = []byte("c")
			if err := d.Put(ctx, "one", doc); err != nil {
				t.Error(name, err)
			}
			doc.Data = []byte("d")
			if err := d.Put(ctx, "one", doc); err == nil {
				t.Error(name, "an old state was replaced")
			}
			if err := d.Merge(ctx, "two", json.RawMessage(`{"a":1}`)); err != nil {
				t.Error(name, err)
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					err := d.Update(ctx, "two", func(doc xapi.Document) (xapi.Document, error) {
						var n struct{ A int }
						err := json.Unmarshal(doc.Data, &n)
						return xapi.Document{Data: fmt.Appendf(nil, `{"a":%d}`, n.A+1)}, err
					})
					if err != nil {
						t.Error(name, err)
					}
				})
			}
			wg.Wait()
			if doc, err := d.Get(ctx, "two"); err != nil || !strings.HasPrefix(string(doc.Data), `{"a":`) {
				t.Error(name, string(doc.Data), err)
			}
			names, err := d.Names(ctx, time.Time{})
			slices.Sort(names)
			if err != nil || !slices.Equal(names, []string{"one", "two"}) {
				t.Error(name, names, err)
			}
			if names, err := d.Names(ctx, time.Now().Add(time.Hour)); err != nil || len(names) != 0 {
				t.Error(name, names, err)
			}
			if err := d.Delete(ctx, "one"); err != nil {
				t.Error(name, err)
			}
			if err := d.DeleteAll(ctx); (err == nil) != (name == "states") {
				t.Error(name, err)
			}
		}
		st := xapi.New(id.Random(), ada, xapi.VerbCompleted, xapi.Activity(activityX).Described(xapi.TypeCourse, map[string]string{"en": "X"}), "", time.Now())
		raw, err := st.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Store(ctx, raw); err != nil {
			t.Fatal(err)
		}
		if o, err := c.Activity(ctx, activityX); err != nil || o.Definition == nil || o.Definition.Name["en"] != "X" {
			t.Error(o, err)
		}
		if p, err := c.Person(ctx, ada); err != nil || p.ObjectType != "Person" || len(p.Account) != 1 || p.Account[0].Name != "u-ada" {
			t.Error(p, err)
		}
		var got []string
		for raw, err := range c.Statements(ctx, xapi.Filter{Format: "canonical", Language: "en", Attachments: true}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(raw))
		}
		if len(got) != 1 || !strings.Contains(got[0], `{"en":"X"}`) {
			t.Error(got)
		}
	}
}

func TestClientAttachments(t *testing.T) {
	t.Parallel()
	s := serve(t, xapi.V2)
	c := listen(t, s, &lossy{under: &http.Transport{DisableKeepAlives: true}})
	ctx := t.Context()
	file := xapi.Attachment{ContentType: "application/octet-stream", Data: []byte("\x00\r\n--b--\xff")}
	st := xapi.New("", xapi.ByAccount(Home, "u-ada"), xapi.VerbCompleted, xapi.Activity(activityX), "", time.Now())
	st.Attachments = xapi.Extension([]any{file.Describe("http://u.example/", map[string]string{"en": "File"})})
	raw, err := st.JSON()
	if err != nil {
		t.Fatal(err)
	}
	ids, err := c.StoreWith(ctx, []xapi.Attachment{file}, raw)
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	if _, err := c.StoreWith(ctx, nil, raw); err == nil {
		t.Error("a statement was stored without its attachment")
	}
	_, files, err := c.GetWith(ctx, ids[0])
	if err != nil || len(files) != 1 || string(files[0].Data) != string(file.Data) || files[0].SHA2 != xapi.SHA256(file.Data) {
		t.Error(files, err)
	}
	p, err := c.Page(ctx, xapi.Filter{Attachments: true})
	if err != nil || len(p.Statements) != 1 || len(p.Attachments) != 1 || p.ConsistentThrough.IsZero() {
		t.Error(p, err)
	}
	if n, err := s.svc.Head(ctx, "acme"); n != 1 || err != nil {
		t.Error(n, err)
	}
}
