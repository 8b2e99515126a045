"""Addresses of hypotheses."""

from django.urls import URLPattern, URLResolver, path

from web.hypotheses import deeds, pages, records

app_name = "hypotheses"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.hypothesis_list, name="list"),
    path("new/", records.create, name="create"),
    path("<uuid:pk>/", pages.detail, name="detail"),
    path("<uuid:pk>/edit/", records.edit, name="edit"),
    path("<uuid:pk>/version/", records.revise, name="revise"),
    path("<uuid:pk>/start/", deeds.begin, name="start"),
    path("<uuid:pk>/verdict/", deeds.give_verdict, name="decide"),
    path("<uuid:pk>/stop/", deeds.end, name="stop"),
]
