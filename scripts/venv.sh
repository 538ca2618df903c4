#!/bin/sh
# sh scripts/venv.sh [EXTRA…]: make .venv if need be, and install this tree into it (editable) with the extras named.
# PYTHON names the Python to use; else the first on PATH that is 3.11 or newer.
set -eu
fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! fits .venv/bin/python; then
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3}; do
        if fits "$python"; then break; fi
        python=
    done
    if [ -z "$python" ]; then
        echo "crossplan needs Python 3.11 or newer: none on PATH (name one: make PYTHON=/path/to/python3)" >&2
        exit 1
    fi
    # Debian keeps ensurepip, without which a virtual environment has no pip, in a package of its own.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        sh scripts/debian.sh "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    "$python" -m venv --clear .venv
    # Nothing here needs setuptools, which Python 3.11 puts there; its hook would be loaded at every start.
    .venv/bin/python -m pip uninstall --quiet --yes --disable-pip-version-check setuptools 2>/dev/null || true
fi
extras=$(IFS=,; echo "${*:+[$*]}")
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".$extras"
# Byte code, so that the first call is as quick as the next, also where PYTHONDONTWRITEBYTECODE keeps Python from writing it.
.venv/bin/python -m compileall -q crossplan
