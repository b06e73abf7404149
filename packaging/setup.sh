#!/usr/bin/env bash
# Make .venv ready, from nothing if need be:  setup.sh viewer | developer
#   viewer      the program as a user installs it
#   developer   and the trainer, and the tools of the gate
# One that was moved or copied with the checkout is made anew: its programs name the place where they were installed.
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

place() { "$@" --version 2>/dev/null </dev/null | sed -n 's/^pip .* from \(.*\) (python.*/\1/p'; }  # the folder of that pip

whole() {  # is the environment there, and its programs its own? Where it was moved or copied they start another's, or nothing
    local module program
    module=$(place "$venv/bin/python" -m pip) && program=$(place "$venv/bin/pip") || return 1
    [ -n "$module" ] && [ "$module" -ef "$program" ]
}

if ! whole; then  # none yet, or one that was moved, copied or cut short
    # Only an environment may be emptied: VENV may name anything.
    if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ] && { [ ! -d "$venv" ] || [ -n "$(ls -A "$venv")" ]; }; then
        echo "$venv is there, and is no environment of Python's. It is left as it is: name another folder with VENV, or move it away." >&2
        exit 1
    fi
    if ! python=$(find_python); then
        echo "No Python of 3.11 or newer with the modules venv and ensurepip was found." >&2
        echo "Get one with:  sudo apt-get install python3 python3-venv   (or from python.org), or name one:  make setup PYTHON=/path/to/python" >&2
        exit 1
    fi
    echo "Creating $venv with $("$python" --version)"
    "$python" -m venv $([ ! -f "$venv/pyvenv.cfg" ] || echo --clear) "$venv"
fi

echo "Installing ankleviewer$extras into $venv"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --editable ".$extras" --constraint constraints.txt </dev/null
# The markers name checkout and environment, as the Makefile compares them: elsewhere they do not hold.
ready() { { pwd -P; (cd "$venv" && pwd -P); } >"$venv/.$1-ready"; }
ready viewer
[ "$part" = viewer ] || ready developer
