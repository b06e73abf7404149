#!/usr/bin/env bash
# Open the sample scan with its analysis. Without a screen: the same on a virtual one, and the picture and the result go to out/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=${VENV:-.venv}/bin
shopt -s nullglob
samples=(assets/sample/*.nii.gz)
if [ ${#samples[@]} = 0 ]; then echo "assets/sample holds no scan (*.nii.gz)" >&2; exit 1; fi
sample=${samples[0]}

if [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then exec "$bin/ankleviewer" "$sample" "$@"; fi

# the screen may have gone since `make setup`, which looked for a virtual one only where there was none
command -v Xvfb >/dev/null || bash packaging/system-libraries.sh screen
work=$(mktemp -d)
trap 'kill "$screen" 2>/dev/null || true; rm -rf "$work"' EXIT
Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>"$work/display" >"$work/log" 2>&1 &
screen=$!
for _ in $(seq 100); do if [ -s "$work/display" ] || ! kill -0 "$screen" 2>/dev/null; then break; fi; sleep 0.1; done
if [ ! -s "$work/display" ]; then echo "The virtual screen (Xvfb) did not start:" >&2; cat "$work/log" >&2; exit 1; fi
export DISPLAY=":$(<"$work/display")" QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1

mkdir -p out
echo "This machine has no screen: showing $sample on a virtual one."
"$bin/ankleviewer" "$sample" --screenshot out/sample.png "$@"
"$bin/ankleviewer" analyze "$sample" --json out/sample.json "$@"
echo "Picture:  $PWD/out/sample.png"
echo "Result:   $PWD/out/sample.json"
