"""Addresses of actions."""

from django.urls import URLPattern, URLResolver, path

from web.actions import deeds, pages, places, rework, slots

app_name = "actions"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<uuid:pk>/", pages.detail, name="page"),
    path("<uuid:pk>/move/", places.move, name="move"),
    path("<uuid:pk>/slot/", slots.slot, name="slot"),
    path("<uuid:pk>/priority/", deeds.priority, name="priority"),
    path("<uuid:pk>/pin/", deeds.pin, name="pin"),
    path("<uuid:pk>/copy/", deeds.copy, name="copy"),
    path("<uuid:pk>/drop/", deeds.drop, name="drop"),
    path("<uuid:pk>/restore/", deeds.restore, name="restore"),
    path("<uuid:pk>/split/", rework.split, name="split"),
    path("<uuid:pk>/replace/", rework.replace, name="replace"),
    path("<uuid:pk>/follows/", rework.follows, name="follows"),
    path("<uuid:pk>/assign/", rework.assign, name="assign"),
]
