"""All addresses of the house: pages at the root, the API under ``/api/``, health for the operator."""

from django.urls import URLPattern, URLResolver, include, path

from api.health import views as health

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("api.urls")),
    path("health/", include("api.health.urls")),
    path("metrics", health.prometheus, name="health-metrics"),
    path("", include("web.urls")),
]

handler400 = "salescrm.errors.bad_request"
handler403 = "web.views.errors.forbidden"
handler404 = "web.views.errors.not_found"
handler500 = "salescrm.errors.server_error"
