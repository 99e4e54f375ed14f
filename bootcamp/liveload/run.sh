#!/usr/bin/env bash
# Measures a live room of bin/palestra: one process on the embedded store, or, where MONGODB and REDIS name started servers,
# two processes, of which one is killed in the middle. TWO=1 starts servers for that: Debian's Redis, and mongowire, the
# stand-in of the tests for MongoDB that can be measured. PEOPLE, LASTS and RATE ask for other sizes.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
pids=()
cleanup() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$dir"; }
trap cleanup EXIT
go build -o "$dir/liveload" ./bootcamp/liveload
port=17${RANDOM:0:3}
await() { # address
	for _ in $(seq 300); do
		(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
		sleep 0.1
	done
	echo "nothing listens at $1" >&2
	exit 1
}
if [ -n "${TWO:-}" ]; then
	(cd internal/tools/mongowire && go build -o "$dir/mongowire" .)
	mkdir "$dir/mongo"
	"$dir/mongowire" "127.0.0.1:$((port + 3))" "$dir/mongo" >"$dir/log-mongo" 2>&1 &
	pids+=($!)
	redis-server --port $((port + 4)) --save '' --appendonly yes --dir "$dir" >"$dir/log-redis" 2>&1 &
	pids+=($!)
	await $((port + 3))
	await $((port + 4))
	MONGODB=mongodb://127.0.0.1:$((port + 3))/palestra REDIS=redis://127.0.0.1:$((port + 4))/0
fi
first=${#pids[@]}
store=(-data "$dir/data1")
env=()
if [ -n "${MONGODB:-}" ]; then
	store=(-mongodb "$MONGODB")
	env=(PALESTRA_MONGODB_URI="$MONGODB" PALESTRA_REDIS_URL="$REDIS")
fi
"$dir/liveload" "${store[@]}" fill -people "${PEOPLE:-500}" -seats "$dir/seats.json"
start() { # number
	env "${env[@]}" PALESTRA_LOG=error PALESTRA_PUBLIC_URL="http://127.0.0.1:$port" bin/palestra serve --addr "127.0.0.1:$((port + $1))" --data "$dir/data$1" --keys "$dir/keys" >"$dir/log$1" 2>&1 &
	pids+=($!)
	for _ in $(seq 300); do
		curl -sf "http://127.0.0.1:$((port + $1))/readyz" >/dev/null && return
		sleep 0.1
	done
	cat "$dir/log$1" >&2
	exit 1
}
start 1
servers=http://127.0.0.1:$((port + 1))
kill=0
if [ -n "${MONGODB:-}" ]; then
	start 2
	servers+=,http://127.0.0.1:$((port + 2))
	kill=${pids[first + 1]}
fi
"$dir/liveload" run -seats "$dir/seats.json" -servers "$servers" -kill "$kill" -lasts "${LASTS:-60s}" -rate "${RATE:-20}" || { tail -5 "$dir"/log*; exit 1; }
