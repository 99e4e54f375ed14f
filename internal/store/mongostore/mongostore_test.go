package mongostore_test

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"regexp"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"palestra/internal/servicestest"
	"palestra/internal/store"
	"palestra/internal/store/mongostore"
	"palestra/internal/store/storetest"
)

var strange = regexp.MustCompile(`[^a-z0-9]+`)

// database makes the name of a database from that of a test; a run of its own, since a real server outlives the test.
func database(place string, run int64) string {
	name := strange.ReplaceAllString(place, "_")
	return fmt.Sprintf("p%x_%08x_%s", run, crc32.ChecksumIEEE([]byte(place)), name[max(0, len(name)-20):])
}

func TestContract(t *testing.T) {
	t.Parallel()
	server := servicestest.Mongo(t)
	e := engine(server.URI, !server.Real)
	if !server.Real {
		e.Lacks = map[storetest.Part]string{
			storetest.Atomic:     server.Reason,
			storetest.Named:      server.Reason,
			storetest.Visibility: server.Reason,
			storetest.Zeros:      server.Reason,
			storetest.Volume:     server.Reason,
		}
	}
	storetest.Run(t, e)
}

// TestContractWithTransactions proves the whole contract, over a server that has transactions, indexes and snapshots as
// MongoDB's documentation describes them. It is one of ours.
func TestContractWithTransactions(t *testing.T) {
	t.Parallel()
	storetest.Run(t, engine(servicestest.Wire(t).URI, false))
}

func engine(uri string, standalone bool) storetest.Engine {
	run := time.Now().UnixMilli()
	return storetest.Engine{Open: func(t testing.TB, place string, now func() time.Time) *store.DB {
		t.Helper()
		name := database(place, run)
		db, err := mongostore.Open(t.Context(), uri, mongostore.Options{Now: now, Database: name, Standalone: standalone})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { drop(t, uri, name) })
		return db
	}}
}

func drop(t testing.TB, uri, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Error(err)
		return
	}
	defer client.Disconnect(ctx)
	if err := client.Database(name).Drop(ctx); err != nil {
		t.Error(err)
	}
}

func TestStandaloneIsRefused(t *testing.T) {
	t.Parallel()
	server := servicestest.Mongo(t)
	if server.Real {
		t.Skip("this server is a replica set")
	}
	_, err := mongostore.Open(t.Context(), server.URI, mongostore.Options{Now: time.Now})
	if !errors.Is(err, mongostore.ErrStandalone) {
		t.Errorf("got error %v, want the sentence that says how to make it a replica set", err)
	}
}
