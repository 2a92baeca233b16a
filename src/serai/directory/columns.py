"""What the columns of a list of members say: their names in the spellings people use, their cells read with care."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import override

from serai.core.words import fold
from serai.directory import vocabulary
from serai.directory.territories import UnknownLanguage, country_code, language_codes
from serai.documents.sheets import Row, Sheet, column_name

# English, then Albanian, Macedonian and Bosnian-Croatian-Montenegrin-Serbian (alike once folded), Turkish, French,
# Norwegian, Swahili, Arabic, Urdu.
HEADS: Final[Mapping[str, str]] = {
    "organisation": "organisation, organization, organisation name, name of the organisation, institution, ngo,"
    " organizata, institucioni, организација, институција, ustanova, kurum, kuruluş, organisme, structure,"
    " organisasjon, virksomhet, shirika, taasisi, المنظمة, المؤسسة, تنظیم, ادارہ",
    "sector": "sector, type, kind, sektori, lloji, sektor, сектор, oblast, sektör, alan, secteur, sekta, القطاع, شعبہ",
    "level": "level, niveli, nivo, ниво, düzey, seviye, niveau, nivå, ngazi, المستوى, سطح",
    "city": "city, town, municipality, qyteti, bashkia, komuna, grad, град, општина, općina, şehir, belediye, ville,"
    " commune, municipalité, by, kommune, mji, manispaa, المدينة, البلدية, شہر",
    "country": "country, shteti, vendi, država, држава, zemlja, земја, ülke, pays, land, nchi, البلد, الدولة, ملک",
    "in_kind": "in kind, told in kind as, described as",
    "name": "name, person, member, contact, contact person, full name, name and surname, emri, emri dhe mbiemri,"
    " personi, ime, име, ime i prezime, име и презиме, član, ad, ad soyad, isim, kişi, nom, nom et prénom, personne,"
    " navn, jina, الاسم, نام",
    "role": "role, function, position, title, job title, roli, funksioni, pozita, funkcija, функција, pozicija, uloga,"
    " улога, görev, unvan, rol, fonction, poste, rôle, rolle, stilling, cheo, wadhifa, المنصب, الوظيفة, عہدہ",
    "email": "e-mail, email, mail, e-mail address, email address, posta elektronike, emaili, e-pošta, е-пошта, имејл,"
    " e-posta, courriel, adresse e-mail, e-post, epost, barua pepe, البريد الإلكتروني, ای میل",
    "languages": "languages, language, gjuhët, gjuha, jezici, јазици, jezik, diller, dil, langues, langue, språk,"
    " lugha, اللغات, زبانیں",
    "coordinates": "answers for it, coordinates, coordinator, focal point, contact point, koordinatori, koordinator,"
    " координатор, koordinatör, coordinateur, point focal, kontaktperson, mratibu",
}
_SECTORS: Final[Mapping[str, str]] = {
    "municipal_admin": "municipality, municipal, local government, local authority, bashkia, komuna, општина, opština,"
    " belediye, mairie, commune, kommune",
    "elected_leadership": "mayor, deputy mayor, council, kryetari, gradonačalnik, gradonačelnik, градоначалник",
    "law_enforcement": "police, law enforcement, policia, policija, полиција, polis, politi, polisi",
    "civil_society": "ngo, cso, civil society organisation, association, ojq, нво, nvo, stk, ong, društvo civilno",
    "youth_work": "youth, youth centre, youth center, qendra rinore, младински центар, gençlik merkezi",
    "education": "school, shkolla, училиште, škola, okul, école, skole, shule",
    "health": "hospital, health centre, spitali, болница, bolnica, hastane, hôpital",
    "social_services": "social work, social services, centre for social work, центар за социјална работа",
    "prison_probation": "prison, probation, burgu, zatvor, затвор",
    "faith": "church, mosque, religious community, religious, faith community",
    "women_organisation": "women, women organisation, women's organisation, women's association",
    "academia": "university, universiteti, универзитет, univerzitet, üniversite, université",
    "private": "company, business, private",
    "international": "international",
    "national_coordination": "national coordinator, national coordination, ministry",
}
_LEVELS: Final[Mapping[str, str]] = {
    "local": "local, lokal, локално, lokalno, yerel, kommunal",
    "national": "national, kombëtar, државно, national level, nacionalno, ulusal, nasjonalt",
    "international": "international, ndërkombëtar, меѓународно, međunarodno, uluslararası, internasjonalt",
}
_YES: Final = "yes, y, x, 1, true, po, da, да, evet, oui, ja, ndiyo, نعم, ہاں, ✓, ✔"
_NO: Final = "no, n, 0, false, jo, ne, не, hayır, non, nei, hapana, لا, نہیں, -"
_LONGEST: Final = {"organisation": 160, "in_kind": 160, "name": 120, "role": 120, "email": 254}


def _spelled(words: Mapping[str, str]) -> dict[str, str]:
    return {fold(spelling): code for code, spellings in words.items() for spelling in spellings.split(",")}


_FIELD_OF: Final = _spelled(HEADS)
_YES_NO: Final = {fold(word) or word.strip(): True for word in _YES.split(",")} | {
    fold(word) or word.strip(): False for word in _NO.split(",")
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row as it is understood: what its cells say (an empty cell says nothing), and what is wrong with it."""

    number: int
    said: Mapping[str, Any]
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entries:
    """The rows as they are understood, and the columns that are not read."""

    rows: tuple[Entry, ...]
    unread: tuple[str, ...] = field(default=())


class NoSuchColumn(ValueError):
    """No column says of which organisation the rows are; the text says what to do."""


def read_entries(sheet: Sheet) -> Entries:
    """The rows of a table of members. Raises `NoSuchColumn`."""
    fields: dict[int, str] = {}
    unread = []
    for at, head in enumerate(sheet.head):
        name = _FIELD_OF.get(fold(head))
        if name is None or name in fields.values():
            unread += [head] if head else []
        else:
            fields[at] = name
    if "organisation" not in fields.values():
        raise NoSuchColumn(_("No column is called “Organisation”. Name the columns in the first row."))
    sectors = _words_of(vocabulary.SECTORS) | _spelled(_SECTORS)
    levels = _words_of(vocabulary.LEVELS) | _spelled(_LEVELS)
    known = {"sector": sectors, "level": levels}
    return Entries(rows=tuple(_entry(row, fields, known) for row in sheet.rows), unread=tuple(unread))


def _words_of(choices: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Codes of a vocabulary by code and word, in the reader's language and English."""
    found = {fold(code): code for code, _word in choices} | {fold(str(word)): code for code, word in choices}
    with override("en"):
        return found | {fold(str(word)): code for code, word in choices}


def _entry(row: Row, fields: Mapping[int, str], known: Mapping[str, Mapping[str, str]]) -> Entry:
    said: dict[str, Any] = {}
    wrong: list[str] = []
    for at, name in fields.items():
        cell = row.cells[at]
        if at in row.formulas:
            place = f"{column_name(at)}{row.number}"
            wrong.append(_("Cell %(place)s holds a formula. Put its value there.") % {"place": place})
        elif cell:
            try:
                said[name] = _value(name, cell, known)
            except ValidationError as error:
                wrong += error.messages
    if not said.get("organisation") and not wrong:
        wrong.append(_("The organisation is missing."))
    if not said.get("name") and (said.get("email") or said.get("role")):
        said["name"] = said.get("role", "")
        if not said["name"]:
            wrong.append(_("Say what this person is called here. A role is enough."))
    return Entry(number=row.number, said=said, wrong=tuple(wrong))


def _value(name: str, cell: str, known: Mapping[str, Mapping[str, str]]) -> Any:
    """What a cell says. Raises `ValidationError` with how to mend it."""
    if len(cell) > _LONGEST.get(name, 500):
        raise ValidationError(_("“%(start)s…” is too long.") % {"start": cell[:30]})
    if name in known:
        return _code(name, cell, known[name])
    if name == "email":
        return _address(cell)
    if name == "country":
        code = country_code(cell)
        if not code:
            raise ValidationError(_("We know no country called “%(word)s”.") % {"word": cell})
        return code
    if name == "languages":
        try:
            return language_codes(cell)
        except UnknownLanguage as error:
            raise ValidationError(
                _("We know no language called “%(word)s”. Write its English name or its own.") % {"word": str(error)}
            ) from error
    if name == "coordinates":
        answer = _YES_NO.get(fold(cell) or cell)
        if answer is None:
            raise ValidationError(_("Write yes or no, not “%(word)s”, for who answers for it.") % {"word": cell})
        return answer
    return cell


def _code(name: str, cell: str, codes: Mapping[str, str]) -> str:
    code = codes.get(fold(cell))
    if code is None:
        words = {"sector": vocabulary.SECTORS, "level": vocabulary.LEVELS}[name]
        offered = _(", ").join(str(word) for _code, word in words)
        text = _("“%(word)s” is not one of: %(offered)s.")
        raise ValidationError(text % {"word": cell, "offered": offered})
    return code


def _address(cell: str) -> str:
    address = cell.removeprefix("mailto:").strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError(_("“%(word)s” is not an e-mail address.") % {"word": cell}) from error
    return address
