package pebblestore_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"palestra/internal/store"
	"palestra/internal/store/pebblestore"
)

// A crash test lets writers write, each its own sequence of steps that anybody can compute from a number, and stops
// the world at a random moment. Afterwards everything that was acknowledged must be there, at most one further step of
// each writer may be there, wholly or not at all, and documents, indexes and streams must fit each other.

const (
	crashWriters = 4
	crashTown    = "acme"
	crashStream  = "log"
	perWorld     = 20 // crashes after which a new world begins: the old one takes longer and longer to verify
)

type record struct {
	store.Meta `bson:",inline"`
	Step       int      `bson:"step"`
	Writer     string   `bson:"writer"`
	Tags       []string `bson:"tags"`
}

type logged struct {
	store.Entry `bson:",inline"`
	Writer      string   `bson:"writer"`
	Tags        []string `bson:"tags"`
}

// world is what the writers write to.
type world struct {
	db      *store.DB
	records *store.Town[record]
	log     *store.Thinned[logged]
}

func openWorld(path string, fs vfs.FS) (*world, error) {
	waiting := []int{0, 2, 30}[rand.IntN(3)] // entries in memory: all, hardly any, some
	db, err := pebblestore.Open(path, pebblestore.Options{Now: time.Now, FS: fs, Cache: 1 << 20, MinFree: 1, Waiting: waiting})
	if err != nil {
		return nil, err
	}
	w := &world{db: db}
	w.records, err = store.NewTown[record](db, "records", 1,
		store.On("step", store.Str("writer"), store.Int("step")).AsUnique(),
		store.On("tag", store.Str("tags").Each()))
	if err == nil {
		w.log, err = store.NewThinned[logged](db, "log", 1, store.On("writer", store.Str("writer")), store.On("tag", store.Str("tags").Each()))
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return w, nil
}

func part(writer, n, i int) string { return fmt.Sprintf("%d-%d-%d", writer, n, i) }
func state(writer int) string      { return fmt.Sprintf("%d-state", writer) }

func aRecord(writer int, id string, step int) record {
	return record{Meta: store.Meta{ID: id}, Writer: fmt.Sprint(writer), Step: step, Tags: []string{"all", fmt.Sprint("step", step%3)}}
}

// step does step n of a writer. In turn: three documents at once, two changes of one document, an append of three, a
// delete, a drop of the first two from the stream.
func (w *world) step(ctx context.Context, writer, n int) error {
	switch n % 6 {
	case 0:
		docs := make([]record, 3)
		for i := range docs {
			docs[i] = aRecord(writer, part(writer, n, i), 10*n+i)
		}
		return w.records.Insert(ctx, crashTown, docs...)
	case 1, 2:
		if n == 1 {
			return w.records.Insert(ctx, crashTown, aRecord(writer, state(writer), 10*n+5))
		}
		_, err := w.records.Update(ctx, crashTown, state(writer), func(r *record) error {
			*r = record{Meta: r.Meta, Writer: r.Writer, Step: 10*n + 5, Tags: []string{"all", fmt.Sprint("step", n%3)}}
			return nil
		})
		return err
	case 3:
		docs := make([]logged, 3)
		for i := range docs {
			docs[i] = logged{Entry: store.Entry{Meta: store.Meta{ID: part(writer, n, i)}}, Writer: fmt.Sprint(writer), Tags: []string{"all", fmt.Sprint(n % 40), part(writer, n, i)}}
		}
		_, err := w.log.Append(ctx, crashTown, crashStream, docs...)
		return err
	case 4:
		return w.records.Delete(ctx, crashTown, part(writer, n-4, 1))
	default:
		var numbers []int64
		for i := range 2 {
			e, err := w.log.Get(ctx, crashTown, part(writer, n-2, i))
			if err != nil {
				return err
			}
			numbers = append(numbers, e.Number)
		}
		_, err := w.log.Drop(ctx, crashTown, crashStream, numbers...)
		return err
	}
}

// progress is what is known of a writer.
type progress struct {
	acked   int // steps below this number are acknowledged
	started int // steps below this number may have been begun
}

// done reports whether step n of the writer is in the world; an error if only a part of it is.
func (w *world) done(ctx context.Context, p progress, writer, n int) (bool, error) {
	switch n % 6 {
	case 0:
		ids := []string{part(writer, n, 0), part(writer, n, 2)}
		if n+4 >= p.started { // nobody has begun to delete the one in the middle
			ids = append(ids, part(writer, n, 1))
		}
		return whole(ids, func(id string) error { _, err := w.records.Get(ctx, crashTown, id); return err })
	case 1, 2:
		r, err := w.records.Get(ctx, crashTown, state(writer))
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		return r.Step >= 10*n+5, err
	case 3:
		last := int64(0)
		ids := []string{part(writer, n, 2)}
		if n+2 >= p.started { // nobody has begun to drop the others
			ids = []string{part(writer, n, 0), part(writer, n, 1), part(writer, n, 2)}
		}
		return whole(ids, func(id string) error {
			e, err := w.log.Get(ctx, crashTown, id)
			if err == nil && last > 0 && e.Number != last+1 {
				err = fmt.Errorf("one append got the numbers %d and %d", last, e.Number)
			}
			last = e.Number
			return err
		})
	case 5:
		_, err := w.log.Get(ctx, crashTown, part(writer, n-2, 2)) // it was there at all
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		there, err2 := whole([]string{part(writer, n-2, 0), part(writer, n-2, 1)}, func(id string) error { _, err := w.log.Get(ctx, crashTown, id); return err })
		return !there, errors.Join(err, err2)
	default:
		_, err1 := w.records.Get(ctx, crashTown, part(writer, n-4, 1))
		_, err2 := w.records.Get(ctx, crashTown, part(writer, n-4, 0)) // it was there at all
		if errors.Is(err1, store.ErrNotFound) {
			return err2 == nil, nil
		}
		return false, err1
	}
}

// whole reports whether all ids are there; an error if only some are.
func whole(ids []string, get func(id string) error) (bool, error) {
	found := 0
	for _, id := range ids {
		switch err := get(id); {
		case err == nil:
			found++
		case !errors.Is(err, store.ErrNotFound):
			return false, err
		}
	}
	if found > 0 && found < len(ids) {
		return false, fmt.Errorf("%d of %v are there", found, ids)
	}
	return found > 0, nil
}

// verify compares the world with what is known, and returns where each writer goes on.
func (w *world) verify(ctx context.Context, known []progress) (next []int, err error) {
	var problems []error
	check := func(p store.Problem) { problems = append(problems, fmt.Errorf("%s: %s", p.Collection, p.Text)) }
	if err := w.db.Check(ctx, check); err != nil {
		return nil, err
	}
	for writer, p := range known {
		at := 0
		for n := range p.started {
			ok, err := w.done(ctx, p, writer, n)
			switch {
			case err != nil:
				problems = append(problems, fmt.Errorf("writer %d step %d: %w", writer, n, err))
			case !ok && n < p.acked:
				problems = append(problems, fmt.Errorf("writer %d step %d was acknowledged and is lost (of %+v)", writer, n, p))
			case ok && n > at:
				problems = append(problems, fmt.Errorf("writer %d step %d is there without the one before (of %+v)", writer, n, p))
			case ok:
				at = n + 1
			}
		}
		next = append(next, at)
	}
	return next, errors.Join(problems...)
}

// chaos is how many crashes a test makes: few in every run, hundreds with PALESTRA_CHAOS=500.
func chaos(t *testing.T, few int) int {
	t.Helper()
	if text := os.Getenv("PALESTRA_CHAOS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("PALESTRA_CHAOS=%q is no number", text)
		}
		return n
	}
	return few
}

const childEnv = "PALESTRA_CRASH_CHILD" // folder, then where each writer begins

// TestCrashChild is the process that TestKill kills.
func TestCrashChild(t *testing.T) {
	folder, starts, ok := strings.Cut(os.Getenv(childEnv), "|")
	if !ok {
		t.Skip("a part of TestKill")
	}
	w, err := openWorld(folder, vfs.Default)
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	for writer, start := range strings.Split(starts, ",") {
		from, err := strconv.Atoi(start)
		if err != nil {
			t.Fatal(err)
		}
		writing.Go(func() {
			for n := from; ; n++ {
				fmt.Printf("+ %d %d\n", writer, n)
				if err := w.step(t.Context(), writer, n); err != nil {
					fmt.Printf("! writer %d step %d: %v\n", writer, n, err)
					os.Exit(1)
				}
				fmt.Printf("= %d %d\n", writer, n)
			}
		})
	}
	writing.Wait()
}

// TestKill kills a process that writes, with SIGKILL, at random moments.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := chaos(t, 40)
	for first := 0; first < kills; first += perWorld {
		folder := filepath.Join(t.TempDir(), fmt.Sprint(first))
		known := make([]progress, crashWriters)
		for kill := first; kill < min(first+perWorld, kills); kill++ {
			killOnce(t, folder, known)
			w, err := openWorld(folder, vfs.Default)
			if err != nil {
				t.Fatalf("kill %d: open: %v", kill, err)
			}
			next, err := w.verify(t.Context(), known)
			if err := errors.Join(err, w.db.Close()); err != nil {
				t.Fatalf("kill %d: %v", kill, err)
			}
			for i, n := range next {
				known[i] = progress{acked: n, started: n}
			}
		}
		t.Logf("kills %d to %d: the writers made %v steps", first, min(first+perWorld, kills)-1, known)
	}
}

// killOnce runs the child for a random time and writes down what it said.
func killOnce(t *testing.T, folder string, known []progress) {
	t.Helper()
	starts := make([]string, len(known))
	for i, p := range known {
		starts[i] = fmt.Sprint(p.acked)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
	cmd.Env = append(os.Environ(), childEnv+"="+folder+"|"+strings.Join(starts, ","))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer timer.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var writer, n int
		line := lines.Text()
		if strings.HasPrefix(line, "!") || strings.HasPrefix(line, "--- FAIL") {
			t.Fatalf("the child says: %s\n%s", line, stderr.String())
		}
		if _, err := fmt.Sscanf(line, "+ %d %d", &writer, &n); err == nil {
			if known[writer].started = n + 1; n%8 == writer { // the world is running: its end is near
				timer.Reset(rand.N(60 * time.Millisecond))
			}
		}
		if _, err := fmt.Sscanf(line, "= %d %d", &writer, &n); err == nil {
			known[writer].acked = n + 1
		}
	}
	cmd.Wait()
	if strings.Contains(stderr.String(), "panic") {
		t.Fatalf("the child panicked:\n%s", stderr.String())
	}
}

// TestPowerLoss cuts the power at random moments: what was not synced to the disk is lost, in part or wholly.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	fs := vfs.NewCrashableMem()
	known := make([]progress, crashWriters)
	for cut := range chaos(t, 40) {
		if cut%perWorld == 0 && cut > 0 {
			t.Logf("until cut %d the writers made %v steps", cut, known)
			fs, known = vfs.NewCrashableMem(), make([]progress, crashWriters)
		}
		w, err := openWorld("db", fs)
		if err != nil {
			t.Fatalf("cut %d: open: %v", cut, err)
		}
		var mu sync.Mutex // guards known
		ctx, stop := context.WithCancel(t.Context())
		var writing sync.WaitGroup
		for writer := range known {
			writing.Go(func() {
				for ctx.Err() == nil {
					mu.Lock()
					n := known[writer].acked
					known[writer].started = n + 1
					mu.Unlock()
					if err := w.step(t.Context(), writer, n); err != nil {
						t.Errorf("cut %d: writer %d step %d: %v", cut, writer, n, err)
						return
					}
					mu.Lock()
					known[writer].acked = n + 1
					mu.Unlock()
				}
			})
		}
		time.Sleep(rand.N(12 * time.Millisecond))
		mu.Lock()
		before := append([]progress(nil), known...)
		mu.Unlock()
		lost := []int{0, 0, 20, 50, 80}[cut%5] // per cent of the unsynced blocks that are there nevertheless
		clone := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: lost, RNG: rand.New(rand.NewPCG(uint64(cut), 1))})
		mu.Lock()
		for i := range before { // what was begun until the power was gone may be there
			before[i].started = known[i].started
		}
		mu.Unlock()
		stop()
		writing.Wait()
		if err := w.db.Close(); err != nil {
			t.Fatal(err)
		}
		survived, err := openWorld("db", clone)
		if err != nil {
			t.Fatalf("cut %d: open: %v", cut, err)
		}
		next, err := survived.verify(t.Context(), before)
		if err := errors.Join(err, survived.db.Close()); err != nil {
			t.Fatalf("cut %d: %v", cut, err)
		}
		for i, n := range next {
			known[i] = progress{acked: n, started: n}
		}
		fs = clone
	}
}
