package main

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

const (
	maxMessage = 48_000_000 // bytes, MongoDB's maxMessageSizeBytes
	opMsg      = 2013
	moreToCome = 1 << 1 // no answer will follow
)

// oneByOne takes connections and passes one message at a time to the server behind, until its answer has come.
//
// FerretDB over SQLite reads a document, compares and writes it in separate steps: of 600 updates that two clients made
// of one document, each only if its revision was still there, 127 were left, and all had been acknowledged.
func oneByOne(ctx context.Context, front net.Listener, network, address string) error {
	context.AfterFunc(ctx, func() { front.Close() })
	var turn sync.Mutex
	for {
		client, err := front.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		server, err := net.Dial(network, address)
		if err != nil {
			return err
		}
		go func() {
			defer client.Close()
			defer server.Close()
			for {
				request, err := message(client)
				if err != nil {
					return
				}
				turn.Lock()
				err = exchange(request, client, server)
				turn.Unlock()
				if err != nil {
					return
				}
			}
		}()
	}
}

// exchange sends a request and passes its answer on.
func exchange(request []byte, client, server net.Conn) error {
	if _, err := server.Write(request); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(request[12:]) == opMsg && len(request) >= 20 && binary.LittleEndian.Uint32(request[16:])&moreToCome != 0 {
		return nil
	}
	answer, err := message(server)
	if err != nil {
		return err
	}
	_, err = client.Write(answer)
	return err
}

// message reads a message of the wire protocol: its length, in the first four bytes, is that of the whole.
func message(r io.Reader) ([]byte, error) {
	var head [16]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(head[:])
	if size < uint32(len(head)) || size > maxMessage {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, size)
	copy(b, head[:])
	_, err := io.ReadFull(r, b[len(head):])
	return b, err
}
