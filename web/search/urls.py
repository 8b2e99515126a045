"""The name stands without a namespace: the frame of every page asks for it."""

from django.urls import URLPattern, URLResolver, path

from web.search import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.results, name="search")]
