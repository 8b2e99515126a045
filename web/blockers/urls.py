"""Addresses of blockers."""

from django.urls import URLPattern, URLResolver, path

from web.blockers import pages

app_name = "blockers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.blocker_list, name="list"),
    path("new/<uuid:pk>/", pages.create, name="create"),
    path("<uuid:pk>/edit/", pages.edit, name="edit"),
    path("<uuid:pk>/remove/", pages.remove, name="remove"),
    path("<uuid:pk>/reopen/", pages.reopen, name="reopen"),
]
