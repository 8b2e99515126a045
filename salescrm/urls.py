"""All addresses of the house: pages at the root, the API under ``/api/v1/``, health for the operator."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("web.urls")),
]
