"""The demo world is built by actions as the web role, at each stage."""

from __future__ import annotations

import os
from typing import Any

import psycopg
import pytest

from serai.db.acting import acting_as, person
from serai.db.rows import new_id
from serai.demo import NoSuchStageError, build
from serai.demo.stages import ADMINISTRATOR, MOMENTS, STAGES
from serai.exchanges.models import Exchange
from serai.practices.models import PracticeTranslation
from serai.sharing.actions import contacts_for
from serai.stories.models import StoryTranslation


@pytest.fixture
def administrator() -> None:
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"], autocommit=True) as owner:
        id = new_id()
        owner.execute(
            "INSERT INTO serai_account (id, password, email, person_id, is_active, language, created_at)"
            " VALUES (%s, '', %s, %s, true, '', now()) ON CONFLICT DO NOTHING",
            [id, ADMINISTRATOR, new_id()],
        )
        owner.execute(
            "INSERT INTO serai_administrator SELECT id FROM serai_account WHERE email = %s ON CONFLICT DO NOTHING",
            [ADMINISTRATOR],
        )


@pytest.mark.usefixtures("administrator")
def test_the_last_stage_holds_all_the_others(settings: Any) -> None:
    settings.CLOCK = MOMENTS[STAGES[-1]]
    build(STAGES[-1])
    from serai.accounts.models import Account

    arbreva = Account.objects.get(email="arbreva@demo.example")
    with acting_as(person(arbreva.person_id)):
        assert Exchange.objects.filter(illustrative=True).count() == 1
        assert Exchange.objects.filter(illustrative=False).count() == 6
        assert contacts_for(Exchange.objects.get(illustrative=True)), "whoever reports something finds whom it goes to"
        (french,) = PracticeTranslation.objects.select_related("written_by", "checked_by")
        assert french.state == "checked"
        assert french.written_by.role == "Head of the youth centre, Lipovar"
        assert french.checked_by.role == "Youth worker, Lipovar"
        assert {row.state for row in StoryTranslation.objects.all()} == {"human"}, "so that both are seen"


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(NoSuchStageError):
        build("tomorrow")
