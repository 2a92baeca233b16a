"""The town that the pages of the directory are tried in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from directory.towns import Town


@pytest.fixture
def town() -> Town:
    """Made anew for each test."""
    from directory.towns import made_town  # Django is ready only once conftests are read

    return made_town()
