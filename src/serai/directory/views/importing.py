"""Pages on which a list of members comes in from Excel, is looked over, and goes out again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from serai.directory import actions, exports
from serai.directory.columns import NoSuchColumn, read_entries
from serai.directory.imports import FATES, Line, Plan, plan
from serai.directory.models import Organisation
from serai.directory.views.rings import entry_rings, usual
from serai.documents.sheets import MOST_BYTES, Sheet, SheetError, as_xlsx, read, read_text
from serai.sharing.choosing import choose_readers
from serai.sharing.invitations import invite, invited
from serai.web.pages import Here, member_page, posted, show, table_file

SHOWN = 40  # rows of those fates that need no thought
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENCODINGS = [
    ("", gettext_lazy("Find out by itself")),
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1250", gettext_lazy("Windows: Central Europe (1250)")),
    ("cp1251", gettext_lazy("Windows: Cyrillic (1251)")),
    ("cp1252", gettext_lazy("Windows: Western Europe (1252)")),
    ("cp1254", gettext_lazy("Windows: Turkish (1254)")),
]


class ListForm(forms.Form):
    """A list, pasted or as a file."""

    pasted = forms.CharField(
        label=gettext_lazy("Paste the table here"),
        help_text=gettext_lazy("Mark it in Excel with the row of column names, copy it, and paste it."),
        required=False,
        widget=forms.Textarea,
        strip=False,
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        help_text=gettext_lazy("Excel (.xlsx) or CSV, up to 2 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Do letters of a CSV file look wrong? Say how it is written."),
        choices=ENCODINGS,
        required=False,
    )

    sheet: Sheet

    def clean(self) -> dict[str, Any]:
        """Reads the table; what cannot be read is said at its field."""
        cleaned = super().clean() or {}
        file, pasted = cleaned.get("file"), cleaned.get("pasted", "")
        at = "file" if file else "pasted"
        try:
            if file:
                if file.size > MOST_BYTES:
                    raise SheetError(_("This file is larger than 2 MB. Bring it in parts."))
                self.sheet = read(file.read(), encoding=cleaned.get("encoding", ""))
            else:
                self.sheet = read_text(pasted)
            self.entries = read_entries(self.sheet)
        except (SheetError, NoSuchColumn) as error:
            self.add_error(at, str(error))
        return cleaned


@member_page
def import_members(request: HttpRequest, here: Here) -> HttpResponse:
    """A list is read, each row's fate shown, its readers chosen; only then is all of it written, or nothing."""
    form = ListForm(posted(request), request.FILES or None)
    if request.method != "POST" or "back" in request.POST or not form.is_valid():
        wrong = request.method == "POST" and "back" not in request.POST
        return show(request, "directory/import.html", {"form": form}, status=422 if wrong else 200)
    found = plan(form.entries, here.standing, today=here.today, invited=invited)
    text = form.sheet.text()
    if found.count("error") or request.POST.get("looked_over") != found.digest:
        return _looked_over(request, form, found, text)
    if found.count("new") + found.count("differs") == 0:
        messages.success(request, _("Everything was here already. Nothing changed."))
        return redirect("organisations")
    rings = entry_rings(here.standing)
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read the new entries, then save them."),
        chosen=usual(rings),
        carried={"pasted": [text], "looked_over": [found.digest]},
        not_wider=_("Each organisation decides itself whether the public may know it."),
        noun=Organisation,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    runs = here.standing.runs
    actions.bring_in(here.actor, found, readers=chosen, now=here.now, invite=invite, runs=runs)
    messages.success(request, _said(found))
    return redirect("organisations")


def _said(found: Plan) -> str:
    new, changed = found.count("new"), found.count("differs")
    parts = [
        ngettext("%(n)d row is new here.", "%(n)d rows are new here.", new) % {"n": new} if new else "",
        ngettext("%(n)d entry changed.", "%(n)d entries changed.", changed) % {"n": changed} if changed else "",
        ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", found.mails)
        % {"n": found.mails}
        if found.mails
        else "",
    ]
    return " ".join(filter(None, parts))


def _looked_over(request: HttpRequest, form: ListForm, found: Plan, text: str) -> HttpResponse:
    words = {
        "error": _("To correct"),
        "new": _("New"),
        "differs": _("Will be changed"),
        "left": _("Left as it is"),
        "same": _("Here already"),
    }
    groups = [
        _group(words[fate], fate, [line for line in found.lines if line.fate == fate])
        for fate in FATES
        if found.count(fate)
    ]
    changed_meanwhile = bool(request.POST.get("looked_over")) and not found.count("error")
    context = {
        "groups": groups,
        "errors": found.count("error"),
        "todo": found.count("new") + found.count("differs"),
        "mails": found.mails,
        "unread": found.unread,
        "text": text,
        "digest": found.digest,
        "changed_meanwhile": changed_meanwhile,
    }
    return show(request, "directory/looked_over.html", context, status=422 if found.count("error") else 200)


def _group(word: str, fate: str, lines: list[Line]) -> dict[str, Any]:
    shown = lines if fate in ("error", "differs") else lines[:SHOWN]
    return {"word": word, "fate": fate, "count": len(lines), "lines": shown, "more": len(lines) - len(shown)}


@member_page
def export_members(request: HttpRequest, here: Here) -> HttpResponse:
    """Organisations and members that the asker may read, as Excel or CSV; an empty table with `empty`."""
    head = exports.head()
    rows = [] if "empty" in request.GET else exports.rows(today=here.today)
    if request.GET.get("as") == "csv":
        return table_file("list", head, rows)
    data = as_xlsx(head, rows, title=_("Members"), mirrored=get_language_bidi())
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="list.xlsx"'
    return answer
