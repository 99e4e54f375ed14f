package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func start(t *testing.T, folder string) *mongo.Database {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(l.Addr().String(), folder)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	t.Cleanup(end)
	go s.serve(ctx, l)
	client, err := mongo.Connect(options.Client().ApplyURI("mongodb://" + s.address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Disconnect(context.Background()) })
	return client.Database("d")
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeysAreInBSONsOrder(t *testing.T) {
	list := []any{nil, math.MinInt64 + 0.0, int64(-3), -2.5, int32(-2), 0.0, 0.25, int32(1), 1.5, int64(math.MaxInt64), "", "\x00", "\x00a", "a", "a\x00", "a\x00b", "aa", "b",
		[]byte{}, []byte{9}, []byte{0, 0}, false, true, bson.DateTime(-1), bson.DateTime(1)}
	last := ""
	for i, x := range list {
		if x == nil {
			x = bson.Null{}
		}
		sort, data, err := bson.MarshalValue(x)
		fatal(t, err)
		b, ok := appendKey(nil, bson.RawValue{Type: sort, Value: data})
		if !ok || string(b) <= last {
			t.Errorf("%d: %v is not behind the one before", i, x)
		}
		last = string(b)
	}
}

func TestQueries(t *testing.T) {
	ctx, c := t.Context(), start(t, t.TempDir()).Collection("c")
	for i := range 300 {
		_, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: i}, {Key: "a", Value: i % 3}, {Key: "b", Value: i}, {Key: "tags", Value: bson.A{fmt.Sprint("t", i%5), "x"}}, {Key: "in", Value: bson.D{{Key: "side", Value: i}, {Key: "more", Value: 1}}}})
		fatal(t, err)
	}
	for _, keys := range []bson.D{{{Key: "a", Value: 1}, {Key: "b", Value: 1}}, {{Key: "tags", Value: 1}, {Key: "b", Value: 1}}} {
		_, err := c.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: keys})
		fatal(t, err)
	}
	find := func(filter bson.D, o *options.FindOptionsBuilder) ([]int, error) {
		cursor, err := c.Find(ctx, filter, o)
		if err != nil {
			return nil, err
		}
		var docs []struct {
			ID int `bson:"_id"`
		}
		err = cursor.All(ctx, &docs)
		ids := []int{}
		for _, d := range docs {
			ids = append(ids, d.ID)
		}
		return ids, err
	}
	is := func(k string, v any) bson.D { return bson.D{{Key: k, Value: v}} }
	for _, x := range []struct {
		filter bson.D
		o      *options.FindOptionsBuilder
		want   []int
	}{
		{is("$and", bson.A{is("a", 1), is("b", is("$gt", 4)), is("b", is("$lte", 10))}), options.Find().SetSort(is("b", 1)), []int{7, 10}},
		{is("$and", bson.A{is("a", 1), is("b", is("$gte", 4)), is("b", is("$lt", 10))}), options.Find().SetSort(is("b", -1)), []int{7, 4}},
		{bson.D{{Key: "a", Value: 2}, {Key: "b", Value: is("$in", bson.A{299, 5, 6, 8, 5})}}, options.Find().SetSort(is("b", 1)).SetLimit(2), []int{5, 8}},
		{bson.D{{Key: "tags", Value: "t3"}, {Key: "b", Value: is("$lt", 14)}}, options.Find().SetSort(is("b", 1)), []int{3, 8, 13}},
		{bson.D{{Key: "tags", Value: "x"}, {Key: "a", Value: 0}}, options.Find().SetSort(is("b", 1)).SetHint("tags_1_b_1").SetLimit(3), []int{0, 3, 6}},
		{is("_id", is("$in", bson.A{})), nil, []int{}},
		{is("a", "1"), nil, []int{}},
	} {
		if got, err := find(x.filter, x.o); err != nil || !slices.Equal(got, x.want) {
			t.Errorf("%v: got %v, %v, want %v", x.filter, got, err, x.want)
		}
	}
	if got, err := find(bson.D{}, options.Find().SetBatchSize(7)); err != nil || len(got) != 300 || !slices.IsSorted(got) {
		t.Errorf("got %d in batches, %v", len(got), err)
	}
	if n, err := c.CountDocuments(ctx, is("a", 1), options.Count().SetLimit(40)); err != nil || n != 40 {
		t.Errorf("counted %d, %v", n, err)
	}
	var small bson.Raw
	fatal(t, c.FindOne(ctx, is("_id", 4), options.FindOne().SetProjection(is("in.side", 1))).Decode(&small))
	if want := `{"_id": {"$numberInt":"4"},"in": {"side": {"$numberInt":"4"}}}`; small.String() != want {
		t.Errorf("got %s, want %s", small, want)
	}
	for _, bad := range []bson.D{is("in", bson.D{}), is("$or", bson.A{is("a", 1)}), is("a", is("$ne", 1)), is("a", is("$gt", nil)), is("in.side", 1), is("nowhere", 1)} {
		if got, err := find(bad, nil); err == nil {
			t.Errorf("%v found %v, want a refusal", bad, got)
		}
	}
	if got, err := find(is("a", 1), options.Find().SetSort(is("in", 1))); err == nil {
		t.Errorf("a sort that no index gives found %v", got)
	}
	var e mongo.CommandError
	if err := c.Database().RunCommand(ctx, is("mapReduce", "c")).Err(); !errors.As(err, &e) || e.Code != 59 {
		t.Errorf("got %v, want the error 59", err)
	}
	if err := c.Database().RunCommand(ctx, bson.D{{Key: "find", Value: "c"}, {Key: "skip", Value: 3}}).Err(); !errors.As(err, &e) || e.Code != 9 {
		t.Errorf("got %v, want the error 9", err)
	}
}

func TestWhatIsAcknowledgedIsThereAfterwards(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	c := start(t, folder).Collection("c")
	_, err := c.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "n", Value: 1}}, Options: options.Index().SetUnique(true)})
	fatal(t, err)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if _, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: i}, {Key: "n", Value: i}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	_, err = c.DeleteOne(ctx, bson.D{{Key: "_id", Value: 3}})
	fatal(t, err)
	_, err = c.UpdateOne(ctx, bson.D{{Key: "_id", Value: 4}}, bson.D{{Key: "$max", Value: bson.D{{Key: "n", Value: 400}}}})
	fatal(t, err)
	log, err := os.OpenFile(filepath.Join(folder, "log"), os.O_APPEND|os.O_WRONLY, 0)
	fatal(t, err)
	_, err = log.Write([]byte{0, 0, 0, 9, 1, 2, 3, 4, 5}) // what a crash leaves
	fatal(t, errors.Join(err, log.Close()))
	c = start(t, folder).Collection("c")
	if n, err := c.CountDocuments(ctx, bson.D{}); err != nil || n != 49 {
		t.Errorf("got %d, %v, want 49", n, err)
	}
	if n, err := c.CountDocuments(ctx, bson.D{{Key: "n", Value: 400}}); err != nil || n != 1 {
		t.Errorf("got %d, %v, want 1", n, err)
	}
	_, err = c.InsertOne(ctx, bson.D{{Key: "_id", Value: 1000}, {Key: "n", Value: 7}})
	if !mongo.IsDuplicateKeyError(err) {
		t.Errorf("got %v, want a duplicate", err)
	}
}

func TestTransactions(t *testing.T) {
	ctx, db := t.Context(), start(t, t.TempDir())
	c := db.Collection("c")
	_, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: 0}, {Key: "n", Value: 0}})
	fatal(t, err)
	type counter struct{ N int }
	read := func(ctx context.Context) (x counter) {
		if err := c.FindOne(ctx, bson.D{{Key: "_id", Value: 0}}).Decode(&x); err != nil {
			t.Error(err)
		}
		return x
	}
	step := func(ctx context.Context) (any, error) {
		n := read(ctx).N + 1
		if _, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: n}}); err != nil {
			return nil, err
		}
		return c.UpdateOne(ctx, bson.D{{Key: "_id", Value: 0}}, bson.D{{Key: "$set", Value: bson.D{{Key: "n", Value: n}}}})
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := db.Client().StartSession()
			if err != nil {
				t.Error(err)
				return
			}
			defer s.EndSession(ctx)
			for range 10 {
				if _, err := s.WithTransaction(ctx, step); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n, err := c.CountDocuments(ctx, bson.D{}); err != nil || n != 41 || read(ctx).N != 40 {
		t.Errorf("got %d, %v, want 41", n, err)
	}
	s, err := db.Client().StartSession()
	fatal(t, err)
	defer s.EndSession(ctx)
	stop := errors.New("stop")
	_, err = s.WithTransaction(ctx, func(ctx context.Context) (any, error) {
		if _, err := step(ctx); err != nil {
			return nil, err
		}
		if read(ctx).N != 41 || read(t.Context()).N != 40 {
			t.Error("a transaction sees what it has done, others do not")
		}
		return nil, stop
	})
	if !errors.Is(err, stop) || read(ctx).N != 40 {
		t.Errorf("got %v, and %d is stored", err, read(ctx).N)
	}
}

func TestWhatIsSentAgainIsDoneOnce(t *testing.T) {
	id, err := bson.Marshal(bson.D{{Key: "id", Value: bson.Binary{Subtype: 4, Data: make([]byte, 16)}}})
	fatal(t, err)
	insert, err := bson.Marshal(bson.D{{Key: "insert", Value: "c"}, {Key: "documents", Value: bson.A{bson.D{{Key: "_id", Value: 1}}}}, {Key: "$db", Value: "d"}, {Key: "lsid", Value: bson.Raw(id)}, {Key: "txnNumber", Value: int64(1)}})
	fatal(t, err)
	s := &server{databases: map[string]*database{}, sessions: map[string]*session{}}
	s.log, err = openJournal(filepath.Join(t.TempDir(), "log"), s.replay)
	fatal(t, err)
	first, again := s.run(insert, nil), s.run(insert, nil)
	if n := first.Lookup("n").AsInt64(); n != 1 || first.String() != again.String() {
		t.Errorf("got %s, then %s", first, again)
	}
}
