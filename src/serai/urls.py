"""Every address of the house, domain by domain."""

from django.urls import include, path

handler400 = "serai.web.pages.refused"
handler500 = "serai.web.pages.broken"
# Django looks from the top: what is opened most stands first.
urlpatterns = [
    path("", include("serai.home.urls")),
    path("", include("serai.exchanges.urls")),
    path("", include("serai.practices.urls")),
    path("", include("serai.needs.urls")),
    path("", include("serai.directory.urls")),
    path("", include("serai.sharing.urls")),
    path("", include("serai.plans.urls")),
    path("", include("serai.stories.urls")),
    path("", include("serai.thread.urls")),
    path("", include("serai.sharing.link_urls")),
    path("account/", include("serai.accounts.urls")),
    path("demo/", include("serai.accounts.demo_urls")),
]
