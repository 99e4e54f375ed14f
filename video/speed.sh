#!/bin/bash
# What docs/performance.md says of video, measured anew; nothing else should run meanwhile.
# PALESTRA_SPEED_SECONDS is the length of the film (120); with 3600 the first line says when an hour is first watchable.
set -euo pipefail
cd "$(dirname "$0")/.."
go test ./video -run '^$' -bench 'Ladder|Workers|Sharing' -benchtime 1x -timeout 6h
