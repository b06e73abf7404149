#!/usr/bin/env bash
# Make .venv ready, from nothing if need be:  setup.sh viewer | developer
#   viewer      the program as a user installs it
#   developer   and the trainer, and the tools of the gate
# Reads no standard input. PYTHON names another interpreter, VENV another folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
part=${1:?viewer or developer}
venv=${VENV:-.venv}

case $part in
    viewer) bash packaging/system-libraries.sh $([ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || echo screen); extras="" ;;
    developer) bash packaging/system-libraries.sh screen; extras="[trainer,dev]" ;;
    *) echo "setup.sh: viewer or developer, not '$part'" >&2; exit 2 ;;
esac

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {  # 3.11 first: the constraints were tested with it
    local name path
    if [ -n "${PYTHON:-}" ]; then usable "$PYTHON" && echo "$PYTHON" && return; return 1; fi
    for name in python3.11 python3.12 python3.13 python3.14 python3 python; do
        while read -r path; do usable "$path" && echo "$path" && return; done < <(type -aP "$name")
    done
    return 1
}

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then  # none yet, or one that was moved or cut short
    if ! python=$(find_python); then
        echo "No Python of 3.11 or newer with the modules venv and ensurepip was found." >&2
        echo "Get one with:  sudo apt-get install python3 python3-venv   (or from python.org), or name one:  make setup PYTHON=/path/to/python" >&2
        exit 1
    fi
    echo "Creating $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi

echo "Installing ankleviewer$extras into $venv"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --editable ".$extras" --constraint constraints.txt </dev/null
touch "$venv/.viewer-ready"
[ "$part" = viewer ] || touch "$venv/.developer-ready"
