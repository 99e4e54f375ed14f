// Command liveload measures a live room: many people over one or several processes, messages to all, a poll, and a process
// that is killed in the middle.
//
//	go run ./bootcamp/liveload -data FOLDER fill -people 500 -seats FILE
//	go run ./bootcamp/liveload -mongodb URI fill -people 500 -seats FILE
//	go run ./bootcamp/liveload run -seats FILE -servers http://127.0.0.1:8081,http://127.0.0.1:8082 -kill PID
//
// fill makes a town, its people and a session in the documents of an installation that does not run, and signs everybody in;
// what run needs of it is in a file. run connects everybody, counts every number that every one of them hears, and says how
// long messages took from being sent to being heard. bootcamp/liveload/run.sh starts servers and does all of it.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	var d desk
	flag.StringVar(&d.data, "data", "", "folder of the embedded documents")
	flag.StringVar(&d.mongodb, "mongodb", "", "URI of a MongoDB instead of it")
	flag.Parse()
	d.now = time.Now
	var err error
	switch flag.Arg(0) {
	case "fill":
		set := flag.NewFlagSet("fill", flag.ExitOnError)
		people := set.Int("people", 500, "members of the cohort")
		seats := set.String("seats", "seats.json", "file to write")
		_ = set.Parse(flag.Args()[1:])
		err = d.fill(*people, *seats)
	case "run":
		set := flag.NewFlagSet("run", flag.ExitOnError)
		var m measure
		servers := set.String("servers", "http://127.0.0.1:8080", "addresses of the processes, separated by commas")
		seats := set.String("seats", "seats.json", "file that fill has written")
		set.DurationVar(&m.lasts, "lasts", time.Minute, "how long messages are sent")
		set.IntVar(&m.rate, "rate", 20, "messages a second")
		set.IntVar(&m.kill, "kill", 0, "process to kill in the middle; its address is the last one")
		_ = set.Parse(flag.Args()[1:])
		m.servers, m.now = strings.Split(*servers, ","), d.now
		err = m.run(*seats)
	default:
		err = fmt.Errorf("%q is not fill or run", flag.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "liveload:", err)
		os.Exit(1)
	}
}
