"""The measures pages of sampling and disclosure: their worked examples are run as they stand."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[3] / "docs" / "measures"


@pytest.mark.parametrize(("page", "examples"), [("sampling.md", 24), ("disclosure.md", 16)])
def test_the_worked_examples_of_the_measures_page(page, examples):
    done = doctest.testfile(str(PAGES / page), module_relative=False, encoding="utf-8")
    assert done.failed == 0
    assert done.attempted >= examples
