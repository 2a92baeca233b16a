#!/bin/sh
# Makes the environment: environment.sh FOLDER LOCKFILE. Each thing that can be missing is one sentence.
set -eu
folder=$1 lock=$2 python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || { echo "Python is missing: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)." >&2; exit 2; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$python is older than 3.11: install Python 3.11 or newer, or say make PYTHON=python3.12." >&2; exit 2; }
"$python" -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)." >&2; exit 2; }
[ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
log=$folder/install.log
echo "Installing what $lock names (the first time takes a minute or two) ..."
if ! "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r "$lock" >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  if grep -qiE "no matching distribution|only-binary" "$log"; then
    echo "A ready-made package is missing for this Python or machine: use CPython 3.11 to 3.14 on Linux (glibc) or macOS, x86-64 or arm64. Whole log: $log" >&2
  else
    echo "The packages could not be installed: check the network or the package index pip uses. Whole log: $log" >&2
  fi
  exit 2
fi
