package mongostore_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"palestra/internal/servicestest"
	"palestra/internal/store"
	"palestra/internal/store/mongostore"
)

// statement has the size and the entries of one in the record store.
type statement struct {
	store.Entry `bson:",inline"`
	Tokens      [][]byte `bson:"tokens"`
	Body        []byte   `bson:"body"`
}

func aStatement(n int) statement {
	s := statement{Entry: store.Entry{Meta: store.Meta{ID: fmt.Sprintf("%08x-%012d", uint32(n)*2654435761, n)}}, Body: make([]byte, 1300)}
	for i, of := range []int{5, 1000, 2000, 10_000, 40_000, 100_000, 20, 40, 3, 1, 1} {
		sum := sha256.Sum256(binary.AppendVarint([]byte{byte(i)}, int64(n*7919%of)))
		s.Tokens = append(s.Tokens, sum[:12])
	}
	return s
}

// BenchmarkShareOfInsertMany measures what appending to a stream reaches of what the driver's insertMany does with the same
// documents and the same indexes, 50 at a time by one client: the stream's numbers, its head and its order are the difference.
func BenchmarkShareOfInsertMany(b *testing.B) {
	ctx, server := b.Context(), servicestest.Mongo(b)
	name := database(b.Name(), time.Now().UnixMilli())
	db, err := mongostore.Open(ctx, server.URI, mongostore.Options{Now: time.Now, Database: name, Standalone: !server.Real})
	if err != nil {
		b.Fatal(err)
	}
	defer drop(b, server.URI, name)
	defer db.Close()
	lines, err := store.NewStream[statement](db, "statements", 1, store.On("byToken", store.Bytes("tokens").Each(), store.Str("stream"), store.Int("number")))
	if err != nil {
		b.Fatal(err)
	}
	client, err := mongo.Connect(options.Client().ApplyURI(server.URI))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Disconnect(ctx)
	stored, raw := client.Database(name).Collection("statements"), client.Database(name).Collection("raw")
	specs, err := stored.Indexes().ListSpecifications(ctx)
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range specs {
		if s.Name == "_id_" {
			continue
		}
		o := options.Index().SetName(s.Name)
		if s.Unique != nil {
			o.SetUnique(*s.Unique)
		}
		if _, err := raw.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: s.KeysDocument, Options: o}); err != nil {
			b.Fatal(err)
		}
	}
	const batch = 50
	n := 0
	rate := func(b *testing.B) { b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "documents/s") }
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			docs := make([]statement, batch)
			for i := range docs {
				n++
				docs[i] = aStatement(n)
			}
			if _, err := lines.Extend(ctx, "acme", "s", docs...); err != nil {
				b.Fatal(err)
			}
		}
		rate(b)
	})
	b.Run("insertMany", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			docs := make([]any, batch)
			for i := range docs {
				n++
				d := aStatement(n)
				d.Rev, d.Stream, d.Number, d.Stored = 1, "s", int64(n), time.Now()
				all, err := bson.Marshal(d)
				if err != nil {
					b.Fatal(err)
				}
				docs[i] = append(bson.D{{Key: "_org", Value: "acme"}}, fields(b, all)...)
			}
			b.StartTimer()
			if _, err := raw.InsertMany(ctx, docs); err != nil {
				b.Fatal(err)
			}
		}
		rate(b)
	})
}

func fields(b *testing.B, raw bson.Raw) (d bson.D) {
	b.Helper()
	if err := bson.Unmarshal(raw, &d); err != nil {
		b.Fatal(err)
	}
	return d
}
