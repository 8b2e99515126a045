"""Addresses of requests for a second person's consent."""

from django.urls import URLPattern, URLResolver, path

from web.approvals import pages

app_name = "approvals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="list"),
    path("ask/", pages.ask, name="ask"),
    path("<uuid:pk>/decide/", pages.decide, name="decide"),
]
