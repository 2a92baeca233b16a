"""Pages about one's own account, and signing in with a mailed code where the sign-in package says too little."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.accounts.adapter import keep_language
from serai.accounts.devices import in_words
from serai.accounts.forms import Language
from serai.accounts.models import Account
from serai.accounts.queries import undelivered, ways_in
from serai.web.pages import Here, member_page, posted, show

ASKED = "asked_with"  # the address of the code that works no more, so that nobody types it again


class AskAgain(RequestLoginCodeView):  # type: ignore[misc]
    """Asks for another code; the address is the one from before."""

    def get_initial(self) -> dict[str, Any]:
        """What this browser asked with, once: the next person at it need not see it."""
        return {"email": self.request.session.pop(ASKED, "")}


class TypeCode(ConfirmLoginCodeView):  # type: ignore[misc]
    """The package's own, but where the last try was wrong it says what is so: a new code can be had at once."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """The page again, or on to asking for a new code."""
        if self._process.record_invalid_attempt():
            return super(ConfirmLoginCodeView, self).form_invalid(form)  # type: ignore[no-any-return]
        messages.error(self.request, _("That was wrong too often: this code works no more. Ask for a new one."))
        return redirect(self.passthrough_next_url(reverse("account_request_login_code")))


_confirm = TypeCode.as_view()


def type_code(request: HttpRequest) -> HttpResponse:
    """Where the mailed code is typed; says why where there is none to type any more."""
    if not request.user.is_authenticated:
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        if stage is None:
            messages.warning(request, _("No code is waiting in this browser: it was used already. Ask for a new one."))
        else:
            process = LoginCodeVerificationProcess(stage=stage)
            request.session[ASKED] = address = str(process.state.get("email", ""))
            if not process.is_valid():
                messages.warning(request, _("That code has run out. Ask for a new one."))
            elif process.user is not None and process.user.email != address.lower():
                process.abort()  # sent to an address that is the account's no more
                messages.warning(request, _("That code has run out. Ask for a new one."))
                return redirect("account_login")
    response: HttpResponse = _confirm(request)
    return response


@member_page
def mine(request: HttpRequest, here: Here) -> HttpResponse:
    """How I sign in, where I am signed in, my language, and mail that did not arrive."""
    account = _account(request)
    form = Language(initial={"language": account.language or request.LANGUAGE_CODE})
    return _mine(request, account, form)


@member_page
def language(request: HttpRequest, here: Here) -> HttpResponse:
    """Keeps the language I chose."""
    account = _account(request)
    form = Language(posted(request))
    if not form.is_valid():
        return _mine(request, account, form, status=422 if posted(request) is not None else 200)
    account.language = form.cleaned_data["language"]
    account.save(update_fields=["language"])
    messages.success(request, _("Pages and mails now use this language."))
    response = redirect("account_home")
    keep_language(response, account.language)
    return response


def _mine(request: HttpRequest, account: Account, form: Language, *, status: int = 200) -> HttpResponse:
    page = {"account": account, "ways": ways_in(account), "undelivered": undelivered(), "form": form}
    return show(request, "accounts/mine.html", page, status=status)


class SignIns(ListUserSessionsView):  # type: ignore[misc]
    """Where this account is signed in, the newest first, each browser in words."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The package's own, with the name of each browser."""
        told: dict[str, Any] = super().get_context_data(**kwargs)
        told["browsers"] = [(in_words(session.user_agent), session) for session in reversed(told["sessions"])]
        return told


@require_POST
@member_page
def sign_out_everywhere(request: HttpRequest, here: Here) -> HttpResponse:
    """Ends every sign-in of this account, this one included, also those that no list knows of."""
    account = _account(request)
    account.set_unusable_password()  # sessions are bound to it: a new one ends them all
    account.save(update_fields=["password"])
    end_sessions(request, list(UserSession.objects.filter(user=account)))
    if request.user.is_authenticated:
        request.session.flush()
    list(messages.get_messages(request))  # the package says the same of this browser alone
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
