"""Addresses of segments and UTPs."""

from django.urls import URLPattern, URLResolver, path

from web.segments import pages, records, utps

app_name = "segments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.segment_list, name="list"),
    path("new/", records.create, name="create"),
    path("<uuid:pk>/", pages.detail, name="detail"),
    path("<uuid:pk>/edit/", records.edit, name="edit"),
    path("<uuid:pk>/utps/new/", utps.create, name="utp_create"),
    path("utps/<uuid:pk>/edit/", utps.edit, name="utp_edit"),
]
