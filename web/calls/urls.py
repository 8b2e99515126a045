"""Addresses of calls."""

from django.urls import URLPattern, URLResolver, path

from web.calls import pages

app_name = "calls"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.call_list, name="list"),
    path("export/", pages.export, name="export"),
]
