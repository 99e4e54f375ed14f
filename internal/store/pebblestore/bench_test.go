package pebblestore_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
)

// enrolment is a document of an everyday size with eight index entries.
type enrolment struct {
	store.Meta `bson:",inline"`
	Person     string    `bson:"person"`
	Course     string    `bson:"course"`
	State      string    `bson:"state"`
	Done       int       `bson:"done"`
	Begun      time.Time `bson:"begun"`
	Changed    time.Time `bson:"changed"`
	Tags       []string  `bson:"tags"`
	Text       string    `bson:"text"`
}

type shelfLine struct {
	store.Entry `bson:",inline"`
	Text        string `bson:"text"`
}

const benchTown = "acme"

func benchDoc(i int) enrolment {
	at := time.UnixMilli(1_700_000_000_000 + int64(i)*1000).UTC()
	return enrolment{
		Meta:   store.Meta{ID: fmt.Sprintf("%08x-%08d", uint32(i)*2654435761, i)}, // not in the order of insertion
		Person: fmt.Sprint("person", i%5000), Course: fmt.Sprint("course", i%40),
		State: []string{"begun", "done", "left"}[i%3], Done: i % 100, Begun: at, Changed: at,
		Tags: []string{fmt.Sprint("unit", i%50), fmt.Sprint("year", i%4)},
		Text: "a line of text as long as such lines are, which nobody looks for but everybody carries along",
	}
}

// BenchmarkStore measures the embedded engine on a disk with 10 thousand, 100 thousand and 1 million documents. Every write is
// durable when it returns. Choose a size with -bench 'Store/docs=10000$'.
func BenchmarkStore(b *testing.B) {
	for _, size := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("docs=%d", size), func(b *testing.B) {
			db, err := pebblestore.Open(b.TempDir(), pebblestore.Options{Now: time.Now})
			must(b, err)
			b.Cleanup(func() { must(b, db.Close()) })
			docs, err := store.NewTown[enrolment](db, "enrolments", 1,
				store.On("person", store.Str("person"), store.Time("begun")),
				store.On("course", store.Str("course"), store.Str("state"), store.Time("changed")),
				store.On("state", store.Str("state"), store.Int("done")),
				store.On("begun", store.Time("begun")),
				store.On("changed", store.Time("changed")).AsAcross(),
				store.On("done", store.Int("done"), store.Time("begun")),
				store.On("tag", store.Str("tags").Each(), store.Time("begun")))
			must(b, err)
			lines, err := store.NewStream[shelfLine](db, "lines", 1)
			must(b, err)
			for i := 0; i < size; i += 500 {
				batch := make([]enrolment, 500)
				for j := range batch {
					batch[j] = benchDoc(i + j)
				}
				must(b, docs.Insert(b.Context(), benchTown, batch...))
			}
			bench{docs, lines, size, &atomic.Int64{}}.run(b)
		})
	}
}

type bench struct {
	docs  *store.Town[enrolment]
	lines *store.Stream[shelfLine]
	size  int
	next  *atomic.Int64 // documents inserted beyond size
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (m bench) run(b *testing.B) {
	fresh := func() enrolment { return benchDoc(m.size + int(m.next.Add(1))) }
	ctx := b.Context()
	for _, c := range []struct {
		name string
		do   func() error
	}{
		// Reading comes first: after writing, tables are still being merged in the background.
		{"get", func() error {
			_, err := m.docs.Get(ctx, benchTown, benchDoc(rand.N(m.size)).ID)
			return err
		}},
		{"first page", func() error {
			_, err := m.docs.Find(ctx, benchTown, store.Query{Index: "course", Equal: []any{fmt.Sprint("course", rand.N(40))}})
			return err
		}},
		{"page anywhere", func() error {
			_, err := m.docs.Find(ctx, benchTown, store.Query{Index: "begun", From: benchDoc(rand.N(m.size)).Begun})
			return err
		}},
		{"insert one", func() error { return m.docs.Insert(ctx, benchTown, fresh()) }},
		{"insert fifty", func() error {
			batch := make([]enrolment, 50)
			for i := range batch {
				batch[i] = fresh()
			}
			return m.docs.Insert(ctx, benchTown, batch...)
		}},
		{"update", func() error {
			_, err := m.docs.Update(ctx, benchTown, benchDoc(rand.N(m.size)).ID, func(e *enrolment) error {
				e.Done, e.Changed = (e.Done+1)%100, e.Changed.Add(time.Second)
				return nil
			})
			return err
		}},
		{"append", func() error {
			_, err := m.lines.Append(ctx, benchTown, "s", shelfLine{Text: "a statement"})
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, c.do())
			}
		})
		b.Run(c.name+", 64 at once", func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(32) // times GOMAXPROCS
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := c.do(); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
