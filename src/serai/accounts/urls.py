"""Addresses under /account/: of the sign-in package only the ways in that are open here."""

from allauth.account import views as account
from django.urls import include, path

from serai.accounts import first, views

urlpatterns = [
    path("", views.mine, name="account_home"),
    path("language/", views.language, name="account_language"),
    path("everywhere/", views.sign_out_everywhere, name="account_everywhere"),
    path("first/<str:token>/", first.begin, name="account_first"),
    path("login/", account.login, name="account_login"),
    path("login/code/", account.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", views.type_code, name="account_confirm_login_code"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sign-ins/", views.SignIns.as_view(), name="usersessions_list"),
]
