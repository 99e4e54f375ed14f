package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// change is one in the log: of a document, an index or a database.
type change struct {
	Database   string   `bson:"d"`
	Collection string   `bson:"c,omitempty"`
	Kind       string   `bson:"k"`
	Doc        bson.Raw `bson:"x,omitempty"` // the new document, the one that is gone, or the index

	before, after *doc
}

const (
	changePut     = "put"
	changeDelete  = "delete"
	changeIndex   = "index"
	changeNoIndex = "no index"
	changeDrop    = "drop"
)

// record is what holds together: all of it is there after a crash, or nothing.
type record struct {
	Changes []change `bson:"changes"`
}

// journal is the log. Several records that wait share one fsync.
type journal struct {
	file *os.File

	mu      sync.Mutex
	grown   *sync.Cond
	waiting []byte // guarded by mu
	last    uint64 // number of the last record; guarded by mu
	synced  uint64 // of the last one on the disk; guarded by mu
}

// openJournal gives every whole record to replay and cuts off what is broken at the end.
func openJournal(path string, replay func(record) error) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	in, size := bufio.NewReaderSize(file, 1<<20), int64(0)
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			break
		}
		b := make([]byte, binary.BigEndian.Uint32(head[:]))
		if _, err := io.ReadFull(in, b); err != nil || crc32.ChecksumIEEE(b) != binary.BigEndian.Uint32(head[4:]) {
			break
		}
		var r record
		if err := errors.Join(bson.Unmarshal(b, &r), replay(r)); err != nil {
			return nil, fmt.Errorf("the log at %d: %w", size, err)
		}
		size += int64(len(head) + len(b))
	}
	if err := file.Truncate(size); err != nil {
		return nil, err
	}
	if _, err := file.Seek(size, io.SeekStart); err != nil {
		return nil, err
	}
	j := &journal{file: file}
	j.grown = sync.NewCond(&j.mu)
	go j.run()
	return j, nil
}

// append puts a record behind the others, and returns its number for wait.
func (j *journal) append(changes []change) uint64 {
	b, err := bson.Marshal(record{changes})
	if err != nil {
		panic(err) // documents were valid before
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waiting = binary.BigEndian.AppendUint32(j.waiting, uint32(len(b)))
	j.waiting = binary.BigEndian.AppendUint32(j.waiting, crc32.ChecksumIEEE(b))
	j.waiting = append(j.waiting, b...)
	j.last++
	j.grown.Broadcast()
	return j.last
}

// wait returns when this record is on the disk.
func (j *journal) wait(number uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.synced < number {
		j.grown.Wait()
	}
}

// run writes what waits. Who cannot write must not go on answering.
func (j *journal) run() {
	for {
		j.mu.Lock()
		for len(j.waiting) == 0 {
			j.grown.Wait()
		}
		b, last := j.waiting, j.last
		j.waiting = nil
		j.mu.Unlock()
		_, err := j.file.Write(b)
		if err == nil {
			err = j.file.Sync()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "mongowire: the log:", err)
			os.Exit(1)
		}
		j.mu.Lock()
		j.synced = last
		j.grown.Broadcast()
		j.mu.Unlock()
	}
}
