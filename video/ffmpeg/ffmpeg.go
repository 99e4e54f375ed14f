// Package ffmpeg is the video room's encoder: ffmpeg and ffprobe as processes of their own.
//
// A file from outside is hostile until proven otherwise. So the programs read local files only and know no format that
// could name another file or address; they run in a process group of their own, giving way to people, with limits on time,
// memory and output, without a network where the system permits that, and die with this process. Their arguments are
// lists, one argument or pair to a line with its reason, and give the same bytes each time.
package ffmpeg

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Config says where the programs are and what they may use. The zero Config finds them on the PATH.
type Config struct {
	FFmpeg  string // path; empty: on the PATH
	FFprobe string // path; empty: on the PATH
	Memory  uint64 // bytes of address space of one process; 0: 6 GiB
	// Slowness is how many times the duration of a video its encoding may take, ten minutes at least; 0: 30
	Slowness float64
	// Ahead is for a process that answers people: while programs run its threads are in the lowest real-time class
	// (SCHED_RR, sched(7)), where the system permits it (CAP_SYS_NICE or RLIMIT_RTPRIO)
	Ahead bool
}

// Tool runs the programs. It is safe for use by many goroutines.
type Tool struct {
	config   Config
	isolated bool
	ahead    *ahead // nil: this process waits as others do
}

// New finds the programs and finds out what the system permits. It fails with one sentence when a program is missing.
func New(ctx context.Context, c Config) (*Tool, error) {
	for program, path := range map[string]*string{"ffmpeg": &c.FFmpeg, "ffprobe": &c.FFprobe} {
		if *path == "" {
			*path = program
		}
		found, err := exec.LookPath(*path)
		if err != nil {
			return nil, fmt.Errorf("%s is not installed (Debian: apt-get install ffmpeg): %w", program, err)
		}
		*path = found
	}
	if c.Memory == 0 {
		c.Memory = 6 << 30
	}
	if c.Slowness == 0 {
		c.Slowness = 30
	}
	t := &Tool{config: c}
	if c.Ahead {
		t.ahead = &ahead{}
	}
	if err := t.isolate(ctx, time.Minute); err != nil {
		return nil, err
	}
	return t, nil
}

// isolate finds out whether the system permits programs without a network. One that has not answered in time says nothing
// about that: its walls stay.
func (t *Tool) isolate(ctx context.Context, patience time.Duration) error {
	ask := func() error { _, err := t.version(ctx, t.config.FFprobe, patience); return err }
	t.isolated = true
	err := ask()
	if err != nil && !errors.Is(err, errTooLong) {
		t.isolated = false
		err = ask()
	}
	if err != nil {
		return fmt.Errorf("ffprobe does not run: %w", err)
	}
	return nil
}

// version returns what a program says of itself. A server that starts waits for it, on a busy machine too.
func (t *Tool) version(ctx context.Context, program string, patience time.Duration) (string, error) {
	var out bytes.Buffer
	err := t.run(ctx, program, []string{"-version"}, limits{time: patience, most: 64 << 10, class: ordinary}, &out)
	return out.String(), err
}

// Isolated reports whether the programs run without a network.
func (t *Tool) Isolated() bool { return t.isolated }

// Versions returns the first line that each program says of itself.
func (t *Tool) Versions(ctx context.Context) ([]string, error) {
	var all []string
	for _, program := range []string{t.config.FFmpeg, t.config.FFprobe} {
		said, err := t.version(ctx, program, time.Minute)
		if err != nil {
			return nil, err
		}
		line, _, _ := strings.Cut(said, "\n")
		all = append(all, line)
	}
	return all, nil
}

// limits of one run.
type limits struct {
	time   time.Duration
	bytes  uint64            // of one written file; 0: 1 MiB
	over   func() error      // asked every second; an error ends the run
	said   func(line string) // each line on standard output
	most   int64             // bytes of standard output that are kept; 0: all are handed to said only
	memory uint64            // bytes of address space; 0: as configured
	dir    string            // where it runs; "": here
	in     open              // what it reads on standard input; nil: nothing
	class  class             // whom it gives way to
	_      struct{}          // named fields only
}

// class is whom a program gives way to. docs/decisions/0033-encoders-run-when-nothing-else-does.md
type class int

const (
	idle     class = iota // everybody: it works on a film as long as that lasts
	low                   // those with more to say: a look into a file, for which its author waits
	ordinary              // nobody: a question about the program itself, for which the server waits
)

// open opens what a program reads.
type open func(ctx context.Context) (io.ReadCloser, error)

var errTooLong = errors.New("ffmpeg: it took too long")

// run starts a program in a group of its own and ends the whole group with ctx, the time limit or an excess. Its
// standard output goes to out (if not nil) or line by line to limits.said. The error holds the end of what it
// complained about.
func (t *Tool) run(ctx context.Context, program string, args []string, l limits, out *bytes.Buffer) error {
	// The kernel ends the program with the thread that started it (PDEATHSIG, prctl(2)), not with this process: so that
	// thread is kept until the program has ended. Others end, as those of internal/blob do.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(l.time, func() { cancel(errTooLong) })
	defer timer.Stop()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = []string{"LC_ALL=C", "AV_LOG_FORCE_NOCOLOR=1"}
	cmd.Dir = l.dir
	cmd.SysProcAttr = t.attributes()
	cmd.Cancel = func() error { return endGroup(cmd.Process.Pid) }
	cmd.WaitDelay = 5 * time.Second
	complaint := &tail{most: 4 << 10}
	cmd.Stderr = complaint
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("ffmpeg.run: %w", err)
	}
	var feed io.WriteCloser
	if l.in != nil {
		if feed, err = cmd.StdinPipe(); err != nil {
			return fmt.Errorf("ffmpeg.run: %w", err)
		}
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("ffmpeg.run: %w", err)
	}
	if t.ahead != nil {
		t.ahead.begin()
		defer t.ahead.end()
	}
	if l.bytes == 0 {
		l.bytes = 1 << 20
	}
	memory := t.config.Memory
	if l.memory > 0 {
		memory = l.memory
	}
	restrain(cmd.Process.Pid, memory, l.bytes, l.class)
	var wg sync.WaitGroup
	feeding, fed := context.WithCancel(ctx)
	defer fed()
	if feed != nil {
		wg.Go(func() {
			if err := pour(feeding, feed, l.in); err != nil && feeding.Err() == nil {
				cancel(err) // else it takes what it has for the whole
			}
		})
	}
	if l.over != nil {
		wg.Go(func() {
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					if err := l.over(); err != nil {
						cancel(err)
						return
					}
				}
			}
		})
	}
	var read error
	if out != nil {
		var n int64
		if n, read = io.Copy(out, io.LimitReader(pipe, l.most+1)); n > l.most {
			read = errors.New("it says too much")
			cancel(read)
		}
	} else {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			if l.said != nil {
				l.said(lines.Text())
			}
		}
		read = lines.Err()
	}
	err = cmd.Wait()
	fed() // it has read what it wanted
	cause := context.Cause(ctx)
	cancel(nil)
	wg.Wait()
	if err == nil && read == nil {
		return nil
	}
	if cause != nil {
		return cause
	}
	return &exitError{program: program, said: complaint.String(), err: errors.Join(err, read)}
}

// pour writes what is opened to a program, until it has heard enough.
func pour(ctx context.Context, to io.WriteCloser, from open) error {
	r, err := from(ctx)
	if err != nil {
		return errors.Join(err, to.Close())
	}
	_, err = io.Copy(to, r)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) {
		err = nil
	}
	cerr := to.Close()
	if errors.Is(cerr, os.ErrClosed) {
		cerr = nil
	}
	return errors.Join(err, cerr, r.Close())
}

// exitError is a program that ended badly by itself.
type exitError struct {
	program, said string
	err           error
}

func (e *exitError) Error() string {
	return fmt.Sprintf("%s: %v: %s", e.program[strings.LastIndexByte(e.program, '/')+1:], e.err, strings.TrimSpace(e.said))
}

func (e *exitError) Unwrap() error { return e.err }

// tail keeps the end of what is written to it.
type tail struct {
	most int
	b    []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if len(t.b) > 2*t.most {
		t.b = append(t.b[:0], t.b[len(t.b)-t.most:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.b[max(0, len(t.b)-t.most):]) }
