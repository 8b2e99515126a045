"""Addresses of the first steps: the list of them, then a screen for each."""

from django.urls import URLPattern, URLResolver, path

from web.start import pages, planning

app_name = "start"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.steps, name="page"),
    path("hours/", pages.hours, name="hours"),
    path("segment/", planning.segment, name="segment"),
    path("goal/", planning.goal, name="goal"),
    path("actions/", planning.actions, name="actions"),
    path("skip/", pages.skip, name="skip"),
    path("again/", pages.again, name="again"),
]
