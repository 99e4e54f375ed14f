package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palestra/internal/store"
)

// declarations proves what happens when a program comes back with other declarations than those it left.
func (s suite) declarations(t *testing.T) {
	ctx := t.Context()
	type plain struct {
		store.Meta `bson:",inline"`
		Name       string `bson:"name"`
		Size       int    `bson:"size"`
		Old        *int   `bson:"old,omitempty"`
	}
	byName, bySize := store.On("name", store.Str("name")), store.On("size", store.Int("size"))
	// leave stores some documents and ends.
	leave := func(t *testing.T, version int, indexes ...store.Index) {
		t.Helper()
		db := s.e.Open(t, t.Name(), time.Now)
		defer closeDB(t, db)
		c, err := store.NewTown[plain](db, "plain", version, indexes...)
		noError(t, err)
		for i := range 1500 {
			if i%500 == 0 {
				docs := make([]plain, 500)
				for j := range docs {
					docs[j] = plain{Meta: store.Meta{ID: fmt.Sprintf("%04d", i+j)}, Name: fmt.Sprint("n", (i+j)%5), Size: 2000 - i - j}
				}
				noError(t, c.Insert(ctx, acme, docs...))
			}
		}
	}
	t.Run("again", func(t *testing.T) {
		leave(t, 1, byName)
		db := s.open(t)
		c, err := store.NewTown[plain](db, "plain", 1, byName)
		noError(t, err)
		again, err := store.NewTown[plain](db, "plain", 1, byName)
		noError(t, err)
		noError(t, again.Insert(ctx, bolt, plain{Meta: store.Meta{ID: "x"}}))
		_, err = c.Get(ctx, bolt, "x")
		noError(t, err)
		if n, err := c.Count(ctx, acme, store.Query{Index: "name"}, 2000); err != nil || n != 1500 {
			t.Errorf("Count = %d, %v, want 1500", n, err)
		}
		sound(t, db)
	})
	t.Run("another index", func(t *testing.T) {
		leave(t, 1, byName)
		db := s.open(t)
		c, err := store.NewTown[plain](db, "plain", 1, bySize)
		noError(t, err)
		var got []int
		page, err := c.Find(ctx, acme, store.Query{Index: "size", Limit: 3})
		noError(t, err)
		for _, doc := range page.Docs {
			got = append(got, doc.Size)
		}
		if diff := cmp.Diff([]int{501, 502, 503}, got); diff != "" {
			t.Errorf("by the new index (-want +got):\n%s", diff)
		}
		_, err = c.Find(ctx, acme, store.Query{Index: "name"})
		wantError(t, err, store.ErrQuery)
		sound(t, db)
	})
	t.Run("an index with another meaning", func(t *testing.T) {
		leave(t, 1, byName)
		db := s.open(t)
		c, err := store.NewTown[plain](db, "plain", 2, store.On("name", store.Str("name"), store.Int("size")))
		noError(t, err)
		page, err := c.Find(ctx, acme, store.Query{Index: "name", Equal: []any{"n2"}, Limit: 1})
		noError(t, err)
		if len(page.Docs) != 1 || page.Docs[0].Size != 503 {
			t.Errorf("got %+v, want the smallest", page.Docs)
		}
		sound(t, db)
	})
	t.Run("an index that does not fit", func(t *testing.T) {
		leave(t, 1, byName)
		db := s.open(t)
		_, err := store.NewTown[plain](db, "plain", 1, byName, store.On("old", store.Int("old")))
		wantError(t, err, store.ErrInvalid)
		_, err = store.NewTown[plain](db, "plain", 1, byName)
		noError(t, err)
		sound(t, db)
	})
	t.Run("a unique index that does not fit", func(t *testing.T) {
		s.needs(t, Unique, Named)
		leave(t, 1, byName)
		db := s.open(t)
		_, err := store.NewTown[plain](db, "plain", 1, store.On("one", store.Str("name")).AsUnique())
		wantError(t, err, store.ErrDuplicate)
	})
	t.Run("an older program", func(t *testing.T) {
		leave(t, 3, byName)
		db := s.open(t)
		_, err := store.NewTown[plain](db, "plain", 2, byName)
		wantError(t, err, store.ErrNewer)
	})
	t.Run("another class", func(t *testing.T) {
		leave(t, 1, byName)
		db := s.open(t)
		_, err := store.NewGlobal[plain](db, "plain", 1, byName)
		wantError(t, err, store.ErrDeclared)
	})
	t.Run("twice in different ways", func(t *testing.T) {
		db := s.open(t)
		_, err := store.NewTown[plain](db, "plain", 1, byName)
		noError(t, err)
		_, err = store.NewTown[plain](db, "plain", 1, byName, bySize)
		wantError(t, err, store.ErrDeclared)
	})
	t.Run("mistakes", func(t *testing.T) {
		db := s.open(t)
		town := func(name string, version int, indexes ...store.Index) error {
			_, err := store.NewTown[plain](db, name, version, indexes...)
			return err
		}
		type tagless struct {
			store.Meta
			Name string
		}
		type late struct {
			Name       string
			store.Meta `bson:",inline"`
		}
		type bare struct{ Name string }
		_, noInline := store.NewTown[tagless](db, "c", 1)
		_, notFirst := store.NewTown[late](db, "c", 1)
		_, noMeta := store.NewTown[bare](db, "c", 1)
		_, noEntry := store.NewStream[plain](db, "c", 1)
		_, anEntry := store.NewTown[event](db, "c", 1)
		_, noShared := store.NewShared[plain](db, "c", 1)
		_, aShared := store.NewGlobal[course](db, "c", 1)
		_, sharedArray := store.NewShared[course](db, "c", 1, store.On("x", store.Str("x").Each()))
		_, streamName := store.NewStream[event](db, "c", 1, store.On("stream", store.Str("x")))
		_, globalAcross := store.NewGlobal[plain](db, "c", 1, byName.AsAcross())
		for name, err := range map[string]error{
			"no name":                     town("", 1),
			"a name with a slash":         town("a/b", 1),
			"a name of the engine's":      town("_a", 1),
			"version 0":                   town("c", 0),
			"two indexes of one name":     town("c", 1, byName, byName),
			"an index without fields":     town("c", 1, store.On("x")),
			"an index without a name":     town("c", 1, store.On("", store.Str("x"))),
			"two arrays in one index":     town("c", 1, store.On("x", store.Str("x").Each(), store.Str("y").Each())),
			"unique and sparse":           town("c", 1, byName.AsUnique().AsSparse()),
			"unique across towns":         town("c", 1, byName.AsUnique().AsAcross()),
			"a path that ends with a dot": town("c", 1, store.On("x", store.Str("x."))),
			"Meta not inline":             noInline,
			"Meta not first":              notFirst,
			"no Meta":                     noMeta,
			"a stream without Entry":      noEntry,
			"Entry without a stream":      anEntry,
			"shared without SharedMeta":   noShared,
			"SharedMeta without shared":   aShared,
			"an array in a shared index":  sharedArray,
			"a stream's own index":        streamName,
			"global across towns":         globalAcross,
		} {
			if err == nil {
				t.Errorf("%s: got no error", name)
			}
		}
	})
}
