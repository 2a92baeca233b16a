"""What is installed from a wheel is the whole program: its pages, styles, policies and texts too."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_every_file_of_the_program(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    program = ROOT / "src" / "serai"
    wanted = {
        path.relative_to(ROOT / "src").as_posix()
        for path in program.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(wanted) > 400
    assert wanted <= names, sorted(wanted - names)[:10]
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]
