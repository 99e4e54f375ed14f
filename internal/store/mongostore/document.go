package mongostore

import (
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

const orgField = "_org" // the town of a document in a collection of towns

// primary is the _id of a document in the database.
func primary(c *store.Collection, town, id string) string {
	if c.Class == store.ClassTown {
		return store.Tail(town, id)
	}
	return id
}

// wire is the form in which the database stores a document.
func wire(c *store.Collection, doc store.Doc) (bson.Raw, error) {
	if c.Class != store.ClassTown {
		return doc.Raw, nil
	}
	return rewrite(doc.Raw, primary(c, doc.Town, doc.ID), func(b []byte) []byte {
		return bsoncore.AppendStringElement(b, orgField, doc.Town)
	})
}

// unwire is the reverse of wire.
func unwire(c *store.Collection, raw bson.Raw) (town string, doc bson.Raw, err error) {
	if c.Class != store.ClassTown {
		return "", append(bson.Raw(nil), raw...), nil
	}
	tail, _ := raw.Lookup("_id").StringValueOK()
	town, id, ok := store.CutTail(tail)
	if !ok {
		return "", nil, fmt.Errorf("mongostore: %s has a document with the _id %q, which is not of this program", c.Name, tail)
	}
	doc, err = rewrite(raw, id, func(b []byte) []byte { return b })
	return town, doc, err
}

// rewrite copies a document with another _id, without _org, and with what more adds behind the _id.
func rewrite(raw bson.Raw, id string, more func([]byte) []byte) (bson.Raw, error) {
	elements, err := raw.Elements()
	if err != nil {
		return nil, fmt.Errorf("mongostore: %w", err)
	}
	start, b := bsoncore.AppendDocumentStart(make([]byte, 0, len(raw)+store.MaxTown*2+32))
	b = more(bsoncore.AppendStringElement(b, "_id", id))
	for _, e := range elements {
		if k := e.Key(); k != "_id" && k != orgField {
			b = append(b, e...)
		}
	}
	b, err = bsoncore.AppendDocumentEnd(b, start)
	return b, err
}

// native is a value as the driver wants it.
func native(v key.Value) any {
	switch v.Kind {
	case key.Int:
		return v.Num
	case key.Bool:
		return v.Num == 1
	case key.Time:
		return bson.DateTime(v.Num)
	case key.Bytes:
		return bson.Binary{Data: []byte(v.Text)}
	default:
		return v.Text
	}
}

// least is the smallest value of a kind: what is not less than it is present and of this kind.
func least(k key.Kind) any {
	switch k {
	case key.Int:
		return int64(-1 << 63)
	case key.Bool:
		return false
	case key.Time:
		return bson.DateTime(-1 << 63)
	case key.Bytes:
		return bson.Binary{}
	default:
		return ""
	}
}

// headDoc is the head of a stream in the collection of heads.
type headDoc struct {
	ID     string    `bson:"_id"`
	Number int64     `bson:"number"`
	Stored time.Time `bson:"stored"`
}

func headID(c *store.Collection, town, stream string) string {
	return c.Name + "/" + store.Tail(town, stream)
}
