#!/usr/bin/env bash
# Installs what is missing: `setup.sh run` for running, `setup.sh test` for testing as well, `setup.sh screenreader` for hearing the
# pages by Orca on a desktop that nobody sees. As root by apt-get, visibly; else it says in one sentence what to install.
set -euo pipefail

declare -A package=([ffmpeg]=ffmpeg [ffprobe]=ffmpeg [espeak-ng]=espeak-ng)
wanted=(ffmpeg ffprobe espeak-ng)
if [ "${1:-run}" = test ]; then
	package[chromium-headless-shell]=chromium-headless-shell package[redis-server]=redis-server package[pdfinfo]=poppler-utils
	wanted+=(chromium-headless-shell redis-server pdfinfo)
elif [ "${1:-run}" = screenreader ]; then
	package[chromium-headless-shell]=chromium-headless-shell package[chromium]=chromium package[orca]=orca package[Xvfb]=xvfb
	package[openbox]=openbox package[xdotool]=xdotool package[dbus-daemon]=dbus-daemon package[/usr/libexec/at-spi-bus-launcher]=at-spi2-core
	wanted+=(chromium-headless-shell chromium orca Xvfb openbox xdotool dbus-daemon /usr/libexec/at-spi-bus-launcher)
fi

for tool in go node npm git gcc; do
	command -v "$tool" >/dev/null || {
		echo "Palestra is built with Go 1.26, Node 20, npm, git and gcc; $tool is missing." >&2
		exit 1
	}
done

missing=()
for tool in "${wanted[@]}"; do
	command -v "$tool" >/dev/null || missing+=("${package[$tool]}")
done
[ ${#missing[@]} -gt 0 ] || exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "Palestra needs these Debian packages: ${missing[*]} (sudo apt-get install ${missing[*]})." >&2
	exit 1
fi
echo "installing ${missing[*]}"
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
