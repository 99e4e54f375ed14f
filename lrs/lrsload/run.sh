#!/usr/bin/env bash
# Measures the record store of bin/palestra on an empty folder: batches until 1 million are stored, single statements,
# queries at 10 thousand and at 1 million (flushed and opened again), queries beside writers. TOTAL asks for another size.
set -euo pipefail
cd "$(dirname "$0")/../.."
total=${TOTAL:-1000000}
dir=$(mktemp -d)
server=
cleanup() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"; }
trap cleanup EXIT
go build -o "$dir/lrsload" ./lrs/lrsload
port=18${RANDOM:0:3}

start() { # folder
	PALESTRA_LOG=error bin/palestra serve --addr "127.0.0.1:$port" --data "$dir/$1" --keys "$dir/keys-$1" >"$dir/log" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		curl -sf "http://127.0.0.1:$port/readyz" >/dev/null && credential "$1" && return
		sleep 0.1
	done
	cat "$dir/log" >&2
	exit 1
}
stop() { kill -TERM "$server"; wait "$server" || true; server=; }
credential() {
	if [ ! -f "$dir/$1.credential" ]; then
		bin/palestra admin --data "$dir/$1" organisation create measured >/dev/null
		bin/palestra admin --data "$dir/$1" lrs-credential --organisation measured --scope all --version 2.0.0 >"$dir/$1.credential"
	fi
	read -r key secret <"$dir/$1.credential"
}
load() { "$dir/lrsload" -url "http://127.0.0.1:$port/xapi" -key "$key" -secret "$secret" "$@"; echo; }

echo "## 10,000 statements, opened again: queries"; echo
start small
load fill -total 10000 -step 10000
stop; start small
load read -rounds 1000
stop; start dense
load fill -total 10000 -step 10000 -actors 10 -activities 4
stop; start dense
echo "## 10,000 statements of 10 actors and 4 activities, opened again: every page is full"; echo
load read -rounds 1000 -actors 10 -activities 4
load fill -total "$total" -actors 10 -activities 4
stop; start dense
echo "## The same with $total more"; echo
load read -rounds 1000 -actors 10 -activities 4
stop; start small
echo "## Single statements, 32 clients"; echo
load single -clients 32 -total "${SINGLE:-100000}" -step 50000
stop
echo "## Batches of 50, 8 clients"; echo
start large
load fill -total "$total"
stop; start large
echo "## $total statements, opened again: queries"; echo
load read -rounds 2000
echo "## the same beside 4 writers of batches of 50"; echo
load read -rounds 300 -writers 4
stop
