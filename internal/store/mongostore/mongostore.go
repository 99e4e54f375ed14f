// Package mongostore is the engine of the document store on MongoDB: a replica set, since only that has transactions.
//
// A collection of the store is a collection of the database, and a document is stored as it is, except that in
// collections of towns its _id is made of town and id, and a field _org holds the town. Each declared index is an index
// there, with the town before its fields and the _id behind them; queries name it as a hint. What must happen together
// (several inserts, an append and the head of its stream) is one transaction. Appends of one process that wait for the
// same stream are grouped into one, so that writers seldom collide.
package mongostore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"palestra/internal/store"
)

// Options say how the engine runs. Now is required.
type Options struct {
	Now      func() time.Time
	Log      *slog.Logger // nil: silent
	Database string       // "": the one in the URI, or palestra
	// Standalone accepts a server that is no replica set, and then does without transactions and partial indexes. It is for
	// tests of the wire protocol: batches may be stored in part, and streams may have gaps after a crash.
	Standalone bool
}

// ErrStandalone means that the server cannot keep the contract.
var ErrStandalone = errors.New("this MongoDB is a standalone server, and only a replica set has transactions: " +
	"start mongod with --replSet rs0, run rs.initiate() once in mongosh, and it is a set of one")

const (
	catalogName     = "_catalog"
	headsName       = "_heads"
	defaultDatabase = "palestra"
	selection       = 10 * time.Second // how long to look for the primary
)

type engine struct {
	client       *mongo.Client
	db           *mongo.Database
	log          *slog.Logger
	transactions bool
	groups       groups

	mu   sync.RWMutex    // held for reading by every call
	done bool            // guarded by mu
	has  map[string]bool // which collections are declared; guarded by mu
}

// Open connects to the replica set of a mongodb:// or mongodb+srv:// URI.
func Open(ctx context.Context, uri string, o Options) (*store.DB, error) {
	if o.Now == nil {
		return nil, errors.New("mongostore.Open: no clock")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Database == "" {
		o.Database = databaseOf(uri)
	}
	client, err := mongo.Connect(options.Client().
		ApplyURI(uri).
		SetAppName("palestra").
		SetReadConcern(readconcern.Majority()). // nothing that a new primary could forget
		SetReadPreference(readpref.Primary()).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: new(true)}).
		SetServerSelectionTimeout(selection))
	if err != nil {
		return nil, fmt.Errorf("mongostore.Open: %w", err)
	}
	e := &engine{
		client:       client,
		db:           client.Database(o.Database),
		log:          o.Log,
		transactions: !o.Standalone,
		groups:       groups{all: map[string]*group{}},
		has:          map[string]bool{},
	}
	if err := e.greet(ctx); err != nil {
		return nil, fmt.Errorf("mongostore.Open: %w", errors.Join(err, client.Disconnect(context.WithoutCancel(ctx))))
	}
	return store.New(e, o.Now), nil
}

// databaseOf returns the name behind the hosts of a URI.
func databaseOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return defaultDatabase // several hosts with ports are no URL to package url
	}
	if name := strings.Trim(u.Path, "/"); name != "" {
		return name
	}
	return defaultDatabase
}

// greet refuses a server without transactions.
func (e *engine) greet(ctx context.Context) error {
	var hello struct {
		SetName string `bson:"setName"`
		Message string `bson:"msg"`
	}
	if err := e.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		return err
	}
	sharded := hello.Message == "isdbgrid"
	if e.transactions && hello.SetName == "" && !sharded {
		return ErrStandalone
	}
	return nil
}

// Close implements store.Engine. It waits for the calls under way.
func (e *engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done {
		return nil
	}
	e.done = true
	e.groups.leaders.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), selection)
	defer cancel()
	if err := e.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("mongostore.Close: %w", err)
	}
	return nil
}

// enter begins a call and returns what to do at its end.
func (e *engine) enter(ctx context.Context, c *store.Collection) (*mongo.Collection, func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	e.mu.RLock()
	switch {
	case e.done:
		e.mu.RUnlock()
		return nil, nil, store.ErrClosed
	case !e.has[c.Name]:
		e.mu.RUnlock()
		return nil, nil, fmt.Errorf("mongostore: %s is not declared", c.Name)
	}
	return e.db.Collection(c.Name), e.mu.RUnlock, nil
}

// together runs f in a transaction, again if it collides with another one. On a standalone server it just runs f.
func (e *engine) together(ctx context.Context, f func(context.Context) error) error {
	if !e.transactions {
		return f(ctx)
	}
	session, err := e.client.StartSession()
	if err != nil {
		return fmt.Errorf("mongostore: session: %w", err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) { return nil, f(ctx) })
	return err
}
