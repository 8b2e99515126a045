"""Addresses of the API. What is not found here is answered here, as a problem."""

from django.urls import URLPattern, URLResolver, include, path

from api import document, faults

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/openapi.json", document.openapi, name="openapi"),
    path("v1/", include("api.v1.urls")),
    path("docs/", document.pages, name="docs"),
    path("docs/errors/", document.errors, name="docs-errors"),
    path("<path:rest>", faults.not_found),
    path("", faults.not_found),
]
