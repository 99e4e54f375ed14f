// Command mongowire is a test tool: a server that speaks as much of MongoDB's wire protocol as internal/store/mongostore
// uses, as a replica set of one would, and refuses the rest. Documents lie in memory, in a tree for each index; every write
// is in a log, on the disk, before it is acknowledged or can be read by others. It is for measuring what processes that
// share a store do, and for the contract of the store; about MongoDB itself it proves nothing.
//
// usage: mongowire ADDRESS FOLDER
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/wiremessage"
)

const (
	maxMessage  = 48_000_000 // bytes, as of MongoDB
	maxDocument = 16 << 20
	maxReply    = 16 << 20 // documents of one answer
)

type server struct {
	address string
	log     *journal
	now     func() time.Time
	last    atomic.Int32 // message

	mu        sync.RWMutex
	databases map[string]*database       // guarded by mu, with all in them
	sessions  map[string]*session        // guarded by mu
	moments   map[bson.Timestamp]*moment // guarded by mu
	ticks     uint32                     // guarded by mu

	cursors sync.Map // by id
	cursor  atomic.Int64
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: mongowire ADDRESS FOLDER")
		os.Exit(2)
	}
	s, err := open(os.Args[1], os.Args[2])
	if err == nil {
		var l net.Listener
		if l, err = net.Listen("tcp", s.address); err == nil {
			err = s.serve(context.Background(), l)
		}
	}
	fmt.Fprintln(os.Stderr, "mongowire:", err)
	os.Exit(1)
}

func open(address, folder string) (*server, error) {
	s := &server{address: address, now: time.Now, databases: map[string]*database{}, sessions: map[string]*session{}, moments: map[bson.Timestamp]*moment{}}
	var err error
	s.log, err = openJournal(filepath.Join(folder, "log"), s.replay)
	return s, err
}

func (s *server) serve(ctx context.Context, l net.Listener) error {
	context.AfterFunc(ctx, func() { l.Close() })
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if err := s.talk(conn); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				fmt.Fprintln(os.Stderr, "mongowire: a connection:", err)
			}
		}()
	}
}

func (s *server) talk(conn net.Conn) error {
	in := bufio.NewReaderSize(conn, 64<<10)
	for {
		var head [4]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return err
		}
		size := binary.LittleEndian.Uint32(head[:])
		if size < 16 || size > maxMessage {
			return fmt.Errorf("a message of %d bytes", size)
		}
		b := make([]byte, size)
		copy(b, head[:])
		if _, err := io.ReadFull(in, b[4:]); err != nil {
			return err
		}
		answer, err := s.answer(b)
		if err != nil {
			return err
		}
		if _, err := conn.Write(answer); err != nil {
			return err
		}
	}
}

// answer reads a message and writes the one that answers it; nothing if nobody waits for it.
func (s *server) answer(message []byte) ([]byte, error) {
	broken := errors.New("a broken message")
	_, id, _, op, rest, ok := wiremessage.ReadHeader(message)
	if !ok {
		return nil, broken
	}
	switch op {
	case wiremessage.OpQuery: // the first greeting of drivers
		_, rest, ok = wiremessage.ReadQueryFlags(rest)
		name, rest, ok2 := wiremessage.ReadQueryFullCollectionName(rest)
		if !ok || !ok2 || len(rest) < 8 || name != "admin.$cmd" {
			return nil, broken
		}
		command, _, ok := wiremessage.ReadQueryQuery(rest[8:])
		if !ok {
			return nil, broken
		}
		at, out := wiremessage.AppendHeaderStart(nil, s.last.Add(1), id, wiremessage.OpReply)
		out = wiremessage.AppendReplyFlags(out, 0)
		out = wiremessage.AppendReplyCursorID(out, 0)
		out = wiremessage.AppendReplyStartingFrom(out, 0)
		out = wiremessage.AppendReplyNumberReturned(out, 1)
		out = append(out, s.run(bson.Raw(command), nil)...)
		return finish(out, at), nil
	case wiremessage.OpMsg:
		flags, rest, ok := wiremessage.ReadMsgFlags(rest)
		if !ok {
			return nil, broken
		}
		if flags&wiremessage.ChecksumPresent != 0 {
			rest = rest[:len(rest)-4]
		}
		var command bson.Raw
		lists := map[string][]bson.Raw{}
		for len(rest) > 0 {
			sort, more, ok := wiremessage.ReadMsgSectionType(rest)
			switch {
			case !ok:
				return nil, broken
			case sort == wiremessage.SingleDocument:
				d, left, is := wiremessage.ReadMsgSectionSingleDocument(more)
				command, more, ok = bson.Raw(d), left, is
			case sort == wiremessage.DocumentSequence:
				name, docs, left, is := wiremessage.ReadMsgSectionDocumentSequence(more)
				for _, d := range docs {
					lists[name] = append(lists[name], bson.Raw(d))
				}
				more, ok = left, is
			default:
				ok = false
			}
			if !ok {
				return nil, broken
			}
			rest = more
		}
		out := s.run(command, lists)
		if flags&wiremessage.MoreToCome != 0 {
			return nil, nil
		}
		at, b := wiremessage.AppendHeaderStart(nil, s.last.Add(1), id, wiremessage.OpMsg)
		b = wiremessage.AppendMsgFlags(b, 0)
		b = wiremessage.AppendMsgSectionType(b, wiremessage.SingleDocument)
		return finish(append(b, out...), at), nil
	default:
		return nil, fmt.Errorf("a message of the kind %v", op)
	}
}

func finish(b []byte, at int32) []byte {
	binary.LittleEndian.PutUint32(b[at:], uint32(len(b))-uint32(at))
	return b
}
