"""Addresses of the result bar: the same for a planned action and for a lead, and the undo of both."""

from django.urls import URLPattern, URLResolver, path

from web.results import bar

app_name = "results"
urlpatterns: list[URLPattern | URLResolver] = [
    path("action/<uuid:pk>/", bar.of_action, name="action"),
    path("lead/<uuid:pk>/", bar.of_lead, name="lead"),
    path("<uuid:pk>/undo/", bar.undo, name="undo"),
]
