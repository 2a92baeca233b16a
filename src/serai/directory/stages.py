"""The path of a team, from interested to evaluating, as the page draws it."""

from __future__ import annotations

from typing import Any

from serai.directory.vocabulary import TEAM_STAGES


def stage_path(stage: str) -> list[dict[str, Any]]:
    """Every stage with its words; the present one is marked, later ones lie ahead."""
    codes = [code for code, _word in TEAM_STAGES]
    at = codes.index(stage)
    return [{"name": word, "current": n == at, "ahead": n > at} for n, (_code, word) in enumerate(TEAM_STAGES)]
