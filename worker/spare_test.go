package worker

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// watch counts the scripts that are run although the queue that they look at has nothing for them, and all that are run.
type watch struct {
	there      func(string) bool
	idle, runs *atomic.Int64
}

func (watch) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (w watch) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if a := cmd.Args(); strings.HasPrefix(cmd.Name(), "eval") && len(a) > 3 {
			w.runs.Add(1)
			key, _ := a[3].(string)
			polled := strings.HasSuffix(key, ":pending") || strings.HasSuffix(key, ":scheduled") || strings.HasSuffix(key, ":retry")
			if polled && !w.there(key) {
				w.idle.Add(1)
			}
		}
		return next(ctx, cmd)
	}
}

func (watch) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// An idle queue costs no script, however often asynq asks; what is rung now, later and again is still heard.
func TestNothingIsAskedOfAnEmptyQueue(t *testing.T) {
	t.Parallel()
	w, err := New(Config{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var idle, runs atomic.Int64
	w.redis.AddHook(watch{w.inside.server.Exists, &idle, &runs}) // sees what is not spared
	answered := make(chan string, 8)
	tries := 0
	s := asynq.NewServerFromRedisClient(w.redis, asynq.Config{Concurrency: 1, Queues: map[string]int{"look": 1, "talk": 1}, LogLevel: asynq.FatalLevel,
		TaskCheckInterval: time.Millisecond, DelayedTaskCheckInterval: 2 * time.Millisecond,
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return 0 }})
	if err := s.Start(asynq.HandlerFunc(func(_ context.Context, task *asynq.Task) error {
		if task.Type() == "again" && tries == 0 {
			tries++
			return context.DeadlineExceeded
		}
		answered <- task.Type()
		return nil
	})); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Shutdown()
		if err := w.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(300 * time.Millisecond) // some hundred polls
	if n := idle.Load(); n != 0 {
		t.Errorf("%d scripts were run for queues in which nothing waits", n)
	}
	for _, task := range []struct {
		name string
		at   time.Time
	}{{"now", time.Time{}}, {"later", time.Now().Add(time.Second)}, {"again", time.Time{}}} {
		if _, err := w.client.Enqueue(asynq.NewTask(task.name, nil), asynq.Queue("look"), asynq.ProcessAt(task.at)); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-answered:
			if got != task.name {
				t.Errorf("got %s, want %s", got, task.name)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("nobody answered %s", task.name)
		}
	}
	if runs.Load() == 0 {
		t.Error("no script was run although there was something to do")
	}
}

// What is not one of the two polls that are known goes on to the script, also if its key is not there.
func TestOnlyKnownPollsAreSpared(t *testing.T) {
	t.Parallel()
	s := spare{func(string) bool { return false }}
	for _, args := range [][]any{
		{"evalsha", "x", 4, "asynq:{a}:pending", "asynq:{b}:paused", "asynq:{a}:active", "asynq:{a}:lease"},
		{"evalsha", "x", 3, "asynq:{a}:pending", "asynq:{a}:paused", "asynq:{a}:active"},
		{"evalsha", "x", 2, "asynq:{a}:t:1", "asynq:{a}:pending"},
		{"evalsha", "x", 2, "other:{a}:retry", "other:{a}:pending"},
		{"evalsha", "x", 2, 7, 8},
		{"evalsha", "x", 0},
		{"script", "load", 4, "asynq:{a}:pending", "asynq:{a}:paused"},
		{"get", "asynq:{a}:pending"},
	} {
		if c := redis.NewCmd(t.Context(), args...); s.nothing(c) {
			t.Errorf("%v was answered", args)
		}
	}
	poll := redis.NewCmd(t.Context(), "evalsha", "x", 4, "asynq:{a}:pending", "asynq:{a}:paused", "asynq:{a}:active", "asynq:{a}:lease")
	if !s.nothing(poll) || poll.Err() != redis.Nil { //nolint:errorlint // asynq compares with ==, so it must be this very value
		t.Errorf("a poll: %v", poll)
	}
	forward := redis.NewCmd(t.Context(), "evalsha", "x", 2, "asynq:{a}:retry", "asynq:{a}:pending")
	if n, err := forward.Int(); !s.nothing(forward) {
		t.Errorf("forwarding: %d %v", n, err)
	} else if n, err := forward.Int(); n != 0 || err != nil {
		t.Errorf("forwarding: %d %v", n, err)
	}
}
