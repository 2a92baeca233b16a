"""Every warning of a programme with its one-step mends, in words: warn, do not block; only a site's rules block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from serai.core.agenda.ground import prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.mends import Mend, Step, mends
from serai.core.agenda.model import Agenda, Programme
from serai.core.agenda.troubles import Code, Trouble


def N_(text: str) -> str:  # noqa: N802 - the mark gettext extraction looks for
    """Marks a text for translation without translating it here: core knows no language of the reader."""
    return text


WORDS: Mapping[Code, str] = MappingProxyType(
    {
        Code.MISSING: N_("%(session)s is not in the programme."),
        Code.LENGTH: N_("%(session)s is not as long as planned."),
        Code.OUTSIDE_DAY: N_("%(session)s is outside the hours of the day."),
        Code.OUTSIDE_HOURS: N_("%(session)s is outside the hours wished for it."),
        Code.NOT_AT_FIXED_TIME: N_("%(session)s is not at its fixed time."),
        Code.CLOCK_CHANGE: N_("%(session)s is at a time when the clocks change."),
        Code.WRONG_PLACE: N_("%(session)s is not meant to be at %(place)s."),
        Code.PLACE_CLOSED: N_("%(place)s is closed during %(session)s."),
        Code.PLACE_FULL: N_("%(place)s is too small for everyone at %(session)s."),
        Code.PLACE_TWICE: N_("%(session)s and %(other)s are both at %(place)s."),
        Code.SITE_GROUP: N_("The group at %(session)s is larger than %(place)s allows."),
        Code.SITE_VISITS: N_("%(place)s allows fewer visits a day."),
        Code.SITE_PAUSE: N_("%(place)s wants more time between %(session)s and %(other)s."),
        Code.SITE_BARRED: N_("%(people)s may not come to %(place)s by the rules of its host."),
        Code.PERSON_MISSING: N_("%(people)s should be at %(session)s."),
        Code.PERSON_AWAY: N_("%(people)s is not free during %(session)s."),
        Code.PERSON_TWICE: N_("%(people)s would be at %(session)s and %(other)s at once."),
        Code.NO_TIME_FOR_WAY: N_("Too little time from %(session)s to %(other)s for %(people)s."),
        Code.NO_INTERPRETER: N_("%(session)s has no interpreter for %(language)s."),
        Code.WRONG_INTERPRETER: N_("%(people)s cannot interpret %(language)s at %(session)s."),
        Code.INTERPRETER_HOURS: N_("%(people)s works too long that day."),
        Code.NOT_AFTER: N_("%(session)s should come after %(other)s."),
        Code.OPENING_NOT_FIRST: N_("%(other)s begins before the opening is over."),
        Code.ROW: N_("Too many presentations in a row on day %(day)s."),
        Code.NO_REFLECTION: N_("Day %(day)s has no time for reflection."),
        Code.NO_INFORMAL: N_("Day %(day)s has no informal time."),
        Code.SHORT_NIGHT: N_("The night after day %(day)s is too short."),
    }
)

MEND_WORDS: Mapping[Step, str] = MappingProxyType(
    {
        Step.MOVE: N_("Move %(session)s to %(time)s."),
        Step.SWAP: N_("Swap %(session)s and %(other)s."),
        Step.PLACE: N_("Hold %(session)s at %(place)s."),
        Step.INTERPRETER: N_("Let %(other)s interpret %(language)s at %(session)s."),
        Step.ATTEND: N_("Bring %(other)s to %(session)s."),
        Step.STAY_AWAY: N_("Let %(other)s miss %(session)s."),
        Step.ADD: N_("Add %(session)s at %(time)s."),
        Step.EXCUSE: N_("Do without %(other)s at %(session)s."),
        Step.LEAVE_OUT: N_("Leave out %(session)s."),
    }
)


@dataclass(frozen=True, kw_only=True)
class Warning:
    """One thing wrong and the single steps that would each take it away without bringing another. `blocks`: a
    site's rule, so the programme cannot be released like this."""

    trouble: Trouble
    mends: tuple[Mend, ...]

    @property
    def blocks(self) -> bool:
        """Only safety rules block."""
        return self.trouble.blocks


def warnings(agenda: Agenda, programme: Programme, *, stop: Callable[[], bool] = lambda: False) -> tuple[Warning, ...]:
    """All warnings of a programme, those that block first. After `stop()` says yes the rest come without mends.
    UnknownName for names that are not in the agenda."""
    ground = prepare(agenda)
    found = sorted(troubles(ground, programme), key=lambda trouble: not trouble.blocks)
    return tuple(
        Warning(trouble=trouble, mends=() if stop() else mends(ground, programme, trouble)) for trouble in found
    )


def words(trouble: Trouble, translate: Callable[[str], str], label: Callable[[str], str]) -> str:
    """The warning in words. `translate` is gettext, `label` names a session, person, place or language."""
    names = [label(name) for name in trouble.sessions] + ["", ""]
    return translate(WORDS[trouble.code]) % {
        "session": names[0],
        "other": names[1],
        "people": ", ".join(label(person) for person in trouble.people),
        "place": label(trouble.place) if trouble.place is not None else "",
        "language": label(trouble.language) if trouble.language is not None else "",
        "day": "" if trouble.day is None else str(trouble.day + 1),
    }


def mend_words(
    mend: Mend, translate: Callable[[str], str], label: Callable[[str], str], time: Callable[[int], str]
) -> str:
    """The mend in words; `time` says a wall minute the reader's way."""
    return translate(MEND_WORDS[mend.step]) % {
        "session": label(mend.session),
        "other": label(mend.other) if mend.other is not None else "",
        "place": label(mend.place) if mend.place is not None else "",
        "language": label(mend.language) if mend.language is not None else "",
        "time": time(mend.start) if mend.start is not None else "",
    }
