#!/bin/sh
# Make .venv-engines, where the tests of the engines run: sh scripts/engines.sh
set -eu
cd "$(dirname "$0")/.."

python=.venv-engines/bin/python
pip="$python -m pip install --disable-pip-version-check --quiet"

.venv/bin/python -m venv --clear .venv-engines
# By itself, first: an exact release is what an index of CPU builds, or a file at hand,
# answers to (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS). A range may bring gigabytes of CUDA.
$pip "${TORCH:-torch==2.13.0}"
$pip --no-deps --require-hashes --only-binary :all: -r locks/engines.lock
$pip --no-deps --no-build-isolation --editable .
$python -m pip check
