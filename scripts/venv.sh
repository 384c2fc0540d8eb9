#!/bin/sh
# Make .venv with the first of the named Pythons that fits: sh scripts/venv.sh python3.12 ...
set -eu
cd "$(dirname "$0")/.."

for python in "$@"; do
    # Run it: a version manager's shim exists for versions that it can't run.
    if "$python" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
        echo "Making .venv with $python ($("$python" --version))"
        exec "$python" -m venv --clear .venv
    fi
done
echo "No Python 3.11, 3.12 or 3.13 with venv among: $*" >&2
echo "Name one: make setup PYTHON=/path/to/python3.12. On Debian: apt install python3-venv." >&2
exit 1
