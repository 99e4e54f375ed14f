package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// target is the store that is measured.
type target struct {
	url, key, secret, version string
	host, path                string
}

func (t *target) parse() error {
	u, err := url.Parse(t.url)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("-url must be an http address, not %q", t.url)
	}
	if t.key == "" || t.secret == "" {
		return errors.New("-key and -secret are needed")
	}
	t.host, t.path = u.Host, strings.TrimSuffix(u.Path, "/")
	if u.Port() == "" {
		t.host = net.JoinHostPort(u.Hostname(), "80")
	}
	return nil
}

// connection is one kept connection, for one goroutine.
type connection struct {
	t    target
	conn net.Conn
	in   *bufio.Reader
	head []byte // what every request's head holds
	out  []byte
	body []byte
}

func (t target) dial() (*connection, error) {
	c, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", t.host)
	if err != nil {
		return nil, err
	}
	head := "Host: " + t.host + "\r\nAuthorization: Basic " + base64.StdEncoding.EncodeToString([]byte(t.key+":"+t.secret)) +
		"\r\nX-Experience-API-Version: " + t.version + "\r\n"
	return &connection{t: t, conn: c, in: bufio.NewReaderSize(c, 64<<10), head: []byte(head)}, nil
}

func (c *connection) close() { c.conn.Close() }

// post sends statements. Any status but 200 is an error that shows the answer.
func (c *connection) post(body []byte) error {
	c.out = append(append(append(c.out[:0], "POST "...), c.t.path...), "/statements HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "...)
	c.out = append(append(strconv.AppendInt(c.out, int64(len(body)), 10), "\r\n"...), c.head...)
	c.out = append(append(c.out, "\r\n"...), body...)
	_, err := c.exchange()
	return err
}

// get asks for statements and returns the body, which is good until the next call.
func (c *connection) get(query string) ([]byte, error) {
	c.out = append(append(append(append(c.out[:0], "GET "...), c.t.path...), "/statements?"...), query...)
	c.out = append(append(append(c.out, " HTTP/1.1\r\n"...), c.head...), "\r\n"...)
	return c.exchange()
}

func (c *connection) exchange() ([]byte, error) {
	if _, err := c.conn.Write(c.out); err != nil {
		return nil, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	ok := bytes.HasPrefix(line, []byte("HTTP/1.1 200"))
	status := string(bytes.TrimSpace(line))
	length := -1
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return nil, err
		}
		if len(line) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, fmt.Errorf("%s, without Content-Length", status)
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%s: %s", status, c.body)
	}
	return c.body, nil
}
