"""The staged demo world, made by actions as the web role, never by fixtures."""

from __future__ import annotations

from serai.demo.stages import ADMINISTRATOR, STAGES


class NoSuchStageError(ValueError):
    """The stage asked for is none of the six."""


def build(stage: str) -> None:
    """Builds the demo world up to this stage in an empty database.

    Needs the administrator's account, which only the owner can make (`serai user`). Raises `NoSuchStageError`.
    """
    if stage not in STAGES:
        raise NoSuchStageError(f"{stage} is no stage; there are {', '.join(STAGES)}")
    from serai.accounts.models import Account  # inline: the supervisor reads this package without Django
    from serai.audit.actions import Actor
    from serai.db.acting import acting_as, person
    from serai.demo import after, before, cast, earlier_pairs, first_story
    from serai.demo.thread import Thread
    from serai.directory import actions as directory

    account = Account.objects.get(email=ADMINISTRATOR)
    assert account.person_id is not None
    administrator = Actor(person=account.person_id)
    with acting_as(person(administrator.person)):
        directory.introduce_oneself(administrator, name="Administrator", now=cast.BEGAN)
    assembled = cast.assemble(administrator)
    earlier_pairs.tell(assembled)
    first_story.tell(assembled)
    thread = Thread(cast=assembled)
    steps = (before.need, before.matched, before.planned, after.live, after.closed, after.a_year_later)
    for step in steps[: STAGES.index(stage) + 1]:
        step(thread)
