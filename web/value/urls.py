"""Addresses of promises of value."""

from django.urls import URLPattern, URLResolver, path

from web.value import pages

app_name = "value"
urlpatterns: list[URLPattern | URLResolver] = [path("", pages.promise_list, name="list")]
