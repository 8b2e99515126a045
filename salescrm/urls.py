"""All addresses of the house: pages at the root, the API under ``/api/``, health for the operator."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("api.urls")),
    path("health/", include("api.health.urls")),
    path("", include("web.urls")),
]

handler400 = "salescrm.errors.bad_request"
handler403 = "web.views.errors.forbidden"
handler404 = "web.views.errors.not_found"
handler500 = "salescrm.errors.server_error"
