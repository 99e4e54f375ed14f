package xapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"palestra/internal/id"
	"palestra/lrs/lrstest"
	"palestra/lrs/xapi"
)

const town = "https://town.example"

// A client is made of an address, a key and its secret. Its zero settings try again for some seconds when a store cannot
// be reached; nothing is stored twice by that.
func ExampleClient() {
	c := &xapi.Client{
		Endpoint:      "https://town.example/xapi",
		Authorization: xapi.Basic("key", "secret"),
		Version:       xapi.V2, // xapi.V1 for stores that speak 1.0.3 only
		HTTP:          &http.Client{Timeout: 30 * time.Second},
		NewID:         id.Random,
	}
	fmt.Println(c.Endpoint, c.Version)
	// Output: https://town.example/xapi 2.0.0
}

// Statements are made, stored, and found again.
func ExampleClient_Store() {
	c, stop := lrstest.Example()
	defer stop()
	ctx := context.Background()

	ada := xapi.ByAccount(town, "u-81ab")
	course := xapi.Activity(xapi.Course(town, "open-data")).Described(xapi.TypeCourse, map[string]string{"en": "Open data"})
	for _, verb := range []string{xapi.VerbInitialized, xapi.VerbCompleted} {
		raw, err := xapi.New("", ada, verb, course, "", time.Now()).JSON()
		if err != nil {
			panic(err)
		}
		if _, err := c.Store(ctx, raw); err != nil {
			panic(err)
		}
	}
	for raw, err := range c.Statements(ctx, xapi.Filter{Agent: &ada, Ascending: true}) {
		if err != nil {
			panic(err)
		}
		st, err := xapi.Decode(raw)
		if err != nil {
			panic(err)
		}
		fmt.Println(st.Actor.Account.Name, st.Verb.Display["en"], st.Object.Definition.Name["en"])
	}
	// Output:
	// u-81ab initialized Open data
	// u-81ab completed Open data
}

// Pages can be followed by hand. What was stored at or before ConsistentThrough is all there, so the next look begins
// behind it.
func ExampleClient_Page() {
	c, stop := lrstest.Example()
	defer stop()
	ctx := context.Background()
	var list []json.RawMessage
	for range 5 {
		raw, err := xapi.New("", xapi.ByAccount(town, "u-81ab"), xapi.VerbCompleted, xapi.Activity(xapi.Course(town, "c")), "", time.Now()).JSON()
		if err != nil {
			panic(err)
		}
		list = append(list, raw)
	}
	if _, err := c.Store(ctx, list...); err != nil {
		panic(err)
	}
	p, err := c.Page(ctx, xapi.Filter{Limit: 3})
	if err != nil {
		panic(err)
	}
	next, err := c.More(ctx, p.More)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(p.Statements), len(next.Statements), next.More == "", p.ConsistentThrough.IsZero())
	// Output: 3 2 true false
}

// The data of an attachment goes with the statement that describes it.
func ExampleClient_StoreWith() {
	c, stop := lrstest.Example()
	defer stop()
	ctx := context.Background()

	file := xapi.Attachment{ContentType: "text/plain", Data: []byte("Well done, Ada.")}
	st := xapi.New(id.Random(), xapi.ByAccount(town, "u-81ab"), xapi.VerbCompleted, xapi.Activity(xapi.Course(town, "open-data")), "", time.Now())
	st.Attachments = xapi.Extension([]any{file.Describe("https://town.example/usage/letter", map[string]string{"en": "Letter"})})
	raw, err := st.JSON()
	if err != nil {
		panic(err)
	}
	if _, err := c.StoreWith(ctx, []xapi.Attachment{file}, raw); err != nil {
		panic(err)
	}
	_, files, err := c.GetWith(ctx, st.ID)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: %s\n", files[0].ContentType, files[0].Data)
	// Output: text/plain: Well done, Ada.
}

// State is what a lesson keeps for one learner. Update reads, changes and stores it; when another device has done so
// meanwhile it begins again.
func ExampleClient_States() {
	c, stop := lrstest.Example()
	defer stop()
	ctx := context.Background()

	states := c.States(xapi.Lesson(town, "open-data", "1"), xapi.ByAccount(town, "u-81ab"), "")
	type position struct {
		Seconds float64 `json:"seconds"`
	}
	err := states.Update(ctx, "position", func(d xapi.Document) (xapi.Document, error) {
		var p position
		if d.ETag != "" {
			if err := json.Unmarshal(d.Data, &p); err != nil {
				return d, err
			}
		}
		p.Seconds += 12.5
		data, err := json.Marshal(p)
		return xapi.Document{Data: data}, err
	})
	if err != nil {
		panic(err)
	}
	d, err := states.Get(ctx, "position")
	if err != nil {
		panic(err)
	}
	names, err := states.Names(ctx, time.Time{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s %s\n", names, d.Data)
	// Output: [position] {"seconds":12.5}
}

// Profiles can be merged member by member, by many at once.
func ExampleDocuments_Merge() {
	c, stop := lrstest.Example()
	defer stop()
	ctx := context.Background()

	profiles := c.ActivityProfiles(xapi.Course(town, "open-data"))
	for _, part := range []string{`{"level":"A2"}`, `{"language":"fi"}`} {
		if err := profiles.Merge(ctx, "catalogue", json.RawMessage(part)); err != nil {
			panic(err)
		}
	}
	d, err := profiles.Get(ctx, "catalogue")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s\n", d.Data)
	// Output: {"level":"A2","language":"fi"}
}
