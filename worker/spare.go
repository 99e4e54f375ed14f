package worker

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"
)

// spare answers what asynq asks of queues in which nothing waits. It asks each queue several times a second, by scripts, and
// the Redis in this process makes a whole Lua machine for every one of them: without this, an idle server spent 16 MB a
// second and most of its processor time on learning that there is nothing to do. What asks for anything else, or in
// another way than it is known here, goes on to the script.
type spare struct {
	there func(key string) bool // in the Redis of this process
}

// nothing gives a command its answer, if that is known without the script.
func (s spare) nothing(c *redis.Cmd) bool {
	args := c.Args()
	if len(args) < 5 || args[0] != "evalsha" {
		return false
	}
	first, _ := args[3].(string)
	second, _ := args[4].(string)
	// Both after asynq v0.26.0, internal/rdb: Dequeue, which answers nil, and forward, the number of tasks it has moved.
	switch {
	case args[2] == 4 && is(first, "pending", second, "paused") && !s.there(first):
		c.SetErr(redis.Nil)
		return true
	case args[2] == 2 && (is(first, "scheduled", second, "pending") || is(first, "retry", second, "pending")) && !s.there(first):
		c.SetVal(int64(0))
		return true
	}
	return false
}

// is reports whether two keys are those two parts of one queue of asynq.
func is(first, part, second, other string) bool {
	queue, ok := strings.CutSuffix(first, ":"+part)
	return ok && strings.HasPrefix(queue, "asynq:") && second == queue+":"+other
}

// DialHook is there because redis.Hook asks for it.
func (s spare) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook sees each command that is not part of a pipeline.
func (s spare) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if c, ok := cmd.(*redis.Cmd); ok && s.nothing(c) {
			return c.Err()
		}
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook is there because redis.Hook asks for it.
func (s spare) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
