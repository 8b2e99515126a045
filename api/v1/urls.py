"""Addresses of version 1."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from api.v1.dictionaries import Products, Stages, Utps
from api.v1.forecast import Forecast
from api.v1.funnel import Funnel
from api.v1.hypotheses import Hypotheses
from api.v1.imports import Imports
from api.v1.leads import Leads
from api.v1.me import Me
from api.v1.offers import Initiatives, Segments
from api.v1.parties import Agents, Clients

RESOURCES: dict[str, Any] = {
    "initiatives": Initiatives,
    "products": Products,
    "segments": Segments,
    "utps": Utps,
    "hypotheses": Hypotheses,
    "agents": Agents,
    "clients": Clients,
    "leads": Leads,
    "stages": Stages,
    "imports": Imports,
}

router = SimpleRouter(use_regex_path=False)
for name, viewset in RESOURCES.items():
    router.register(name, viewset, basename=name)

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "leads/by-external/<str:source>/<str:external_id>/",
        Leads.as_view({"put": "upsert"}, basename="leads"),
        name="leads-by-external",
    ),
    *router.urls,
    path("funnel/", Funnel.as_view(), name="funnel"),
    path("forecast/", Forecast.as_view(), name="forecast"),
    path("me/", Me.as_view(), name="me"),
]
