"""Addresses of initiatives."""

from django.urls import URLPattern, URLResolver, path

from web.initiatives import pages, records

app_name = "initiatives"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.initiative_list, name="list"),
    path("new/", records.create, name="create"),
    path("<uuid:pk>/", pages.detail, name="detail"),
    path("<uuid:pk>/edit/", records.edit, name="edit"),
]
