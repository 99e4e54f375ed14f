// Command lrsload measures a learning record store over HTTP, on the same machine or another one. It speaks plain xAPI, so
// any store can be measured.
//
//	go run ./lrs/lrsload -url http://127.0.0.1:8080/xapi -key KEY -secret SECRET fill -total 1000000
//	go run ./lrs/lrsload … single -total 60000
//	go run ./lrs/lrsload … read -rounds 2000
//	go run ./lrs/lrsload … read -rounds 2000 -writers 4
//
// What it sends has the shape that docs/performance.md states: 1,000 actors, 2,000 activities, 3 context activities, an
// instructor, about 1.2 kB a statement, with ids made by the client. The bodies of a step are made before its clock starts,
// and requests go over plain connections, so that the client takes little of the machine.
// lrs/lrsload/run.sh starts a server on an empty folder and does all of it.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	var t target
	flag.StringVar(&t.url, "url", "http://127.0.0.1:8080/xapi", "address of the record store, without /statements")
	flag.StringVar(&t.key, "key", "", "key of a credential that may write and read statements")
	flag.StringVar(&t.secret, "secret", "", "its secret")
	flag.StringVar(&t.version, "version", "2.0.0", "version of xAPI")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "lrsload [-url URL] -key KEY -secret SECRET fill|single|read [flags]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(desk{target: t, now: time.Now, out: os.Stdout}, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lrsload:", err)
		os.Exit(1)
	}
}

// desk is what the measuring uses of the world.
type desk struct {
	target
	now    func() time.Time
	out    io.Writer
	crowds crowds
}

func run(d desk, what string, args []string) error {
	var (
		set     = flag.NewFlagSet(what, flag.ContinueOnError)
		total   = set.Int("total", 100_000, "statements to store")
		batch   = set.Int("batch", 50, "statements of a request")
		clients = set.Int("clients", 8, "connections that store")
		step    = set.Int("step", 100_000, "statements between two lines of output")
		rounds  = set.Int("rounds", 1000, "requests for each kind of query")
		writers = set.Int("writers", 0, "connections that store batches while reading")
		seed    = set.Uint64("seed", uint64(d.now().UnixNano()), "of ids; the same seed sends the same ids again")
	)
	set.IntVar(&d.crowds.actors, "actors", actors, "different actors")
	set.IntVar(&d.crowds.activities, "activities", activities, "different activities")
	if err := set.Parse(args); err != nil {
		return err
	}
	if d.crowds.actors < 1 || d.crowds.activities < 1 {
		return fmt.Errorf("there must be actors and activities")
	}
	if err := d.parse(); err != nil {
		return err
	}
	switch what {
	case "fill":
		return fill(d, load{total: *total, batch: *batch, clients: *clients, step: *step, seed: *seed})
	case "single":
		return fill(d, load{total: *total, batch: 1, clients: *clients, step: *step, seed: *seed})
	case "read":
		return read(d, *rounds, *writers, *batch, *seed)
	}
	return fmt.Errorf("%q is not fill, single or read", what)
}
