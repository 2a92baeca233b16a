"""Addresses of who may read what, and why; reports, the register, and my data."""

from django.urls import path

from serai.sharing.views import asking, mine, reporting, seeing, widening

urlpatterns = [
    path("why/<slug:noun>/<uuid:id>/", asking.why, name="why"),
    path("readers/<slug:noun>/<uuid:id>/", asking.readers, name="readers"),
    path("share/<slug:noun>/<uuid:id>/", widening.share, name="share"),
    path("report/<slug:noun>/<uuid:id>/", reporting.report, name="report"),
    path("reports/", reporting.reports, name="reports"),
    path("reports/<uuid:id>/", reporting.reported, name="reported"),
    path("reports/<uuid:id>/release/", reporting.release, name="release_reported"),
    path("reports/<uuid:id>/purge/", reporting.purge, name="purge_reported"),
    path("see-as/", seeing.see_as, name="see_as"),
    path("register/", mine.register, name="register"),
    path("my-data/", mine.my_data, name="my_data"),
    path("my-data/export/", mine.export_my_data, name="export_my_data"),
    path("my-data/erase/", mine.erase, name="erase_me"),
]
