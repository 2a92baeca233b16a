"""Addresses under /account/: of the sign-in package only the ways in that are open here."""

from allauth.account import views as account
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn.views import add_webauthn
from django.urls import include, path

from serai.accounts import address, again, first, passkeys, views

urlpatterns = [
    path("", views.mine, name="account_home"),
    path("language/", views.language, name="account_language"),
    path("address/", address.change_address, name="account_address"),
    path("everywhere/", views.sign_out_everywhere, name="account_everywhere"),
    path("first/<str:token>/", first.begin, name="account_first"),
    path("login/", account.login, name="account_login"),
    path("login/code/", views.AskAgain.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", views.type_code, name="account_confirm_login_code"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("again/<slug:onward>/", again.again, name="account_again"),
    path("2fa/webauthn/add/", again.shown_again("passkey")(add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", passkeys.SignInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", passkeys.ShowPasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("2fa/totp/activate/", again.shown_again("app")(app.activate_totp), name="mfa_activate_totp"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sign-ins/", views.SignIns.as_view(), name="usersessions_list"),
]
