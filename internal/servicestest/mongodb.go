package servicestest

import (
	"os"
	"testing"
)

// MongoServer speaks MongoDB's wire protocol.
type MongoServer struct {
	URI    string // mongodb://…, without a database
	Real   bool   // a replica set of MongoDB; otherwise FerretDB, which proves the wire protocol only
	Reason string // why what is not proven here is not; "" if Real
}

// Mongo returns the replica set of PALESTRA_TEST_MONGODB_URI, or starts FerretDB over SQLite. Several tests can share one
// server: they use databases of their own.
func Mongo(t testing.TB) MongoServer {
	t.Helper()
	if uri := os.Getenv("PALESTRA_TEST_MONGODB_URI"); uri != "" {
		return MongoServer{URI: uri, Real: true}
	}
	program := Build(t, "ferretdb", ".", "ferretdb")
	address := Port(t)
	Start(t, address, nil, program, address, t.TempDir())
	return MongoServer{URI: "mongodb://" + address, Reason: "FerretDB; set PALESTRA_TEST_MONGODB_URI to a replica set"}
}

// Wire starts mongowire, a server of ours that speaks MongoDB's wire protocol with transactions and indexes, on a log in a
// temporary folder. It proves that an engine keeps its contract on a server that does what MongoDB's documentation says, and
// nothing about MongoDB. Several tests can share one server: they use databases of their own.
func Wire(t testing.TB) MongoServer {
	t.Helper()
	program := Build(t, "mongowire", ".", "mongowire")
	address := Port(t)
	Start(t, address, nil, program, address, t.TempDir())
	return MongoServer{URI: "mongodb://" + address, Reason: "mongowire; set PALESTRA_TEST_MONGODB_URI to a replica set"}
}
