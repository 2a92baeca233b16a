#!/bin/sh
# Writes the lock files anew (needs uv): hashes, no addresses, every platform and Python from 3.11 on.
set -eu
cd "$(dirname "$0")"
lock() { uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
  --no-emit-find-links -q --python-version 3.11 "$@"; }
lock ../pyproject.toml -o run.lock
lock ../pyproject.toml test.in -o test.lock
lock ../pyproject.toml test.in bench.in -o bench.lock
lock pretalx.in -o pretalx.lock  # the peer of the web bench, in an environment of its own
