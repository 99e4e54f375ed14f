#!/bin/bash
# What docs/performance.md says of video, measured anew; nothing else should run meanwhile.
# PALESTRA_SPEED_SECONDS is the length of the film (120). When an hour is first watchable: see BenchmarkWatchable.
set -euo pipefail
cd "$(dirname "$0")/.."
go test ./video -run '^$' -bench 'Ladder|Workers|Sharing' -benchtime 1x -timeout 6h
