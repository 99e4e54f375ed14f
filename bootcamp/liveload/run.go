package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fasthttp/websocket"
)

// measure is one run.
type measure struct {
	servers []string
	lasts   time.Duration
	rate    int
	kill    int
	now     func() time.Time

	hall    hall
	killed  atomic.Bool
	mu      sync.Mutex
	took    []time.Duration // from sent to heard, by who was connected all the while; guarded by mu
	late    []time.Duration // by who came back meanwhile; guarded by mu
	faults  []string        // guarded by mu
	again   []time.Duration // of what had to be sent again, because its process was dead; guarded by mu
	resent  map[string]bool // by when it was sent first; guarded by mu
	refused atomic.Int64
	lost    atomic.Int64 // connections
	heard   atomic.Int64
}

// client is one person. She connects again when she loses the connection, to the next server, behind the last number.
type client struct {
	m      *measure
	n      int
	at     int64
	back   int64 // number that the room had when she connected last
	mu     sync.Mutex
	conn   *websocket.Conn          // guarded by mu; nil while there is none
	wait   map[string]chan struct{} // messages that are not stored yet; guarded by mu
	poll   chan string
	closed atomic.Bool
}

const talk = "load "

func (m *measure) run(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &m.hall); err != nil {
		return err
	}
	m.resent = map[string]bool{}
	clients := make([]*client, len(m.hall.Cookies))
	var all sync.WaitGroup
	from := m.now()
	for i := range clients {
		c := &client{m: m, n: i, wait: map[string]chan struct{}{}, poll: make(chan string, 1)}
		clients[i] = c
		ready := make(chan struct{})
		all.Go(func() { c.listen(ready) })
		<-ready
	}
	fmt.Fprintf(os.Stdout, "%d people are in the room after %v\n", len(clients), m.now().Sub(from).Round(time.Millisecond))
	lead := clients[0]
	lead.send(map[string]any{"kind": "opened"}, nil)
	m.speak(clients)
	end := lead.send(map[string]any{"kind": "said", "text": "the end", "lang": "en"}, nil)
	<-end
	time.Sleep(3 * time.Second)
	return m.judge(clients, &all)
}

// speak sends messages at the rate, one person after the other, asks a poll after a third and kills after a half.
func (m *measure) speak(clients []*client) {
	tick := time.NewTicker(time.Second / time.Duration(m.rate))
	defer tick.Stop()
	total := int(m.lasts.Seconds() * float64(m.rate))
	var sent sync.WaitGroup
	var votes sync.WaitGroup
	for i := range total {
		<-tick.C
		c := clients[1+i%(len(clients)-1)]
		done := c.send(map[string]any{"kind": "said", "lang": "en"}, func() string { return talk + strconv.FormatInt(m.now().UnixNano(), 10) })
		sent.Go(func() { <-done })
		if i == total/3 {
			votes.Go(func() { m.ask(clients) })
		}
		if i == total/2 && m.kill > 0 {
			m.killed.Store(true)
			if err := syscall.Kill(m.kill, syscall.SIGKILL); err != nil {
				m.fault("the process was not killed: %v", err)
			}
			fmt.Fprintln(os.Stdout, "a process is killed")
		}
	}
	votes.Wait()
	sent.Wait()
}

// ask asks everybody, and says how long it takes until all votes are stored.
func (m *measure) ask(clients []*client) {
	<-clients[0].send(map[string]any{"kind": "asked", "poll": map[string]any{"kind": "single", "text": "Which?", "lang": "en", "options": []string{"A", "B", "C"}, "anonymous": true}}, nil)
	from := m.now()
	var all sync.WaitGroup
	for i, c := range clients[1:] {
		all.Go(func() {
			id := <-c.poll
			time.Sleep(time.Duration(i) * 8 * time.Second / time.Duration(len(clients))) // people take seconds
			<-c.send(map[string]any{"kind": "vote", "poll": map[string]any{"id": id}, "vote": map[string]any{"choice": []int{i % 3}}}, nil)
		})
	}
	all.Wait()
	fmt.Fprintf(os.Stdout, "%d votes are stored %v after the question\n", len(clients)-1, m.now().Sub(from).Round(time.Millisecond))
}

func (m *measure) fault(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, fmt.Sprintf(format, args...))
}

func (m *measure) judge(clients []*client, all *sync.WaitGroup) error {
	most := int64(0)
	for _, c := range clients {
		most = max(most, c.at)
	}
	for _, c := range clients {
		if c.at != most {
			m.fault("client %d has heard %d of %d", c.n, c.at, most)
		}
		c.closed.Store(true)
		c.mu.Lock()
		if c.conn != nil {
			_ = c.conn.Close()
		}
		c.mu.Unlock()
	}
	all.Wait()
	say := func(what string, list []time.Duration) {
		if len(list) == 0 {
			return
		}
		slices.Sort(list)
		at := func(p float64) time.Duration {
			return list[min(len(list)-1, int(p*float64(len(list))))].Round(100 * time.Microsecond)
		}
		fmt.Fprintf(os.Stdout, "%s: %d, p50 %v, p95 %v, p99 %v, longest %v\n", what, len(list), at(.5), at(.95), at(.99), list[len(list)-1].Round(time.Millisecond))
	}
	say("heard at once", m.took)
	say("heard after coming back", m.late)
	say("sent again and heard", m.again)
	fmt.Fprintf(os.Stdout, "events %d, heard %d times, connections lost %d, refused %d\n", most, m.heard.Load(), m.lost.Load(), m.refused.Load())
	if len(m.faults) > 0 {
		return fmt.Errorf("%d faults, the first: %s", len(m.faults), strings.Join(m.faults[:min(5, len(m.faults))], "; "))
	}
	fmt.Fprintln(os.Stdout, "everybody has heard every number once")
	return nil
}

// listen connects until the run is over.
func (c *client) listen(ready chan struct{}) {
	var once sync.Once
	defer once.Do(func() { close(ready) })
	for try := 0; !c.closed.Load(); try++ {
		servers := c.m.servers
		if c.m.killed.Load() && len(servers) > 1 {
			servers = servers[:len(servers)-1]
		}
		err := c.connect(servers[(c.n+try)%len(servers)], func() { once.Do(func() { close(ready) }) })
		if c.closed.Load() {
			return
		}
		c.m.lost.Add(1)
		if try > 200 {
			c.m.fault("client %d cannot come back: %v", c.n, err)
			return
		}
		time.Sleep(time.Duration(100+c.n%400) * time.Millisecond) // not all in the same moment
	}
}

func (c *client) connect(server string, ready func()) error {
	h := http.Header{"Cookie": {"palestra=" + c.m.hall.Cookies[c.n]}}
	address := fmt.Sprintf("%s/api/v1/bootcamps/%s/sessions/%s/room/socket?after=%d", strings.Replace(server, "http", "ws", 1), c.m.hall.Bootcamp, c.m.hall.Session, c.at)
	d := websocket.Dialer{HandshakeTimeout: 10 * time.Second}
	conn, resp, err := d.Dial(address, h)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	defer func() { _ = conn.Close() }()
	stop := make(chan struct{})
	defer close(stop)
	go c.beat(conn, stop)
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			c.mu.Lock()
			c.conn = nil
			c.mu.Unlock()
			return err
		}
		if err := c.take(conn, data, ready); err != nil {
			return err
		}
	}
}

func (c *client) beat(conn *websocket.Conn, stop chan struct{}) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			c.mu.Lock()
			_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"t":"pulse"}`))
			c.mu.Unlock()
		}
	}
}

// frame is what is read of what comes.
type frame struct {
	T       string `json:"t"`
	At      int64  `json:"at"`
	ID      string `json:"id"`
	Resumed bool   `json:"resumed"`
	Problem struct {
		Code string `json:"code"`
	} `json:"problem"`
	Events []struct {
		N    int64  `json:"n"`
		Kind string `json:"kind"`
		Text string `json:"text"`
		Poll struct {
			ID string `json:"id"`
		} `json:"poll"`
	} `json:"events"`
}

func (c *client) take(conn *websocket.Conn, data []byte, ready func()) error {
	now := c.m.now()
	var f frame
	if err := json.Unmarshal(data, &f); err != nil {
		return err
	}
	switch f.T {
	case "welcome":
		if c.at > 0 && !f.Resumed {
			c.m.fault("client %d is not taken on where she was", c.n)
		}
		if c.back = f.At; c.at == 0 {
			c.at = f.At
		}
		c.mu.Lock()
		c.conn = conn
		c.mu.Unlock()
		ready()
	case "news":
		for _, e := range f.Events {
			if e.N != c.at+1 {
				c.m.fault("client %d hears %d after %d", c.n, e.N, c.at)
			}
			c.at = e.N
			c.m.heard.Add(1)
			if e.Kind == "asked" {
				c.poll <- e.Poll.ID
			}
			if at, ok := strings.CutPrefix(e.Text, talk); ok {
				c.note(at, e.N, now)
			}
		}
	case "done", "refused":
		c.mu.Lock()
		done := c.wait[f.ID]
		if f.T == "refused" && f.Problem.Code != "live.voted" {
			c.m.refused.Add(1)
			done = nil
		}
		if done != nil {
			delete(c.wait, f.ID)
			close(done)
		}
		c.mu.Unlock()
	}
	return nil
}

func (c *client) note(at string, n int64, now time.Time) {
	sent, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return
	}
	took := now.Sub(time.Unix(0, sent))
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	if c.m.resent[at] {
		c.m.again = append(c.m.again, took)
	} else if n <= c.back {
		c.m.late = append(c.m.late, took)
	} else {
		c.m.took = append(c.m.took, took)
	}
}

// send sends a message, and again with the same id until it is stored. What it says is made when it is sent first.
func (c *client) send(m map[string]any, text func() string) chan struct{} {
	id := fmt.Sprintf("%d-%d", c.n, c.m.now().UnixNano())
	m["id"] = id
	at := ""
	if text != nil {
		words := text()
		m["text"], at = words, strings.TrimPrefix(words, talk)
	}
	data, err := json.Marshal(m)
	if err != nil {
		c.m.fault("%v", err)
	}
	done := make(chan struct{})
	c.mu.Lock()
	c.wait[id] = done
	c.mu.Unlock()
	go func() {
		for !c.closed.Load() {
			c.mu.Lock()
			err := errors.New("no connection")
			if c.conn != nil {
				err = c.conn.WriteMessage(websocket.TextMessage, data)
			}
			c.mu.Unlock()
			pause := 3 * time.Second
			if err != nil {
				pause = 200 * time.Millisecond
			}
			select {
			case <-done:
				return
			case <-time.After(pause):
				c.m.mu.Lock()
				c.m.resent[at] = true
				c.m.mu.Unlock()
			}
		}
	}()
	return done
}
