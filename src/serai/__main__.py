"""python -m serai: the same as the `serai` command."""

from serai.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
