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
