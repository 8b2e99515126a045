"""Addresses of version 1."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from api.v1.actions import Actions
from api.v1.blockers import Blockers
from api.v1.bulk import BulkAgents, BulkClients, BulkLeads
from api.v1.calls import Calls
from api.v1.contracts import Contracts
from api.v1.dictionaries import Products, Utps
from api.v1.documents import DocumentFiles, Documents
from api.v1.events import Events
from api.v1.facts import Agreements, Interviews, Meetings
from api.v1.findings import Findings
from api.v1.forecast import Forecast
from api.v1.funnel import Funnel
from api.v1.goals import Goals
from api.v1.hypotheses import Hypotheses
from api.v1.imports import ImportErrors, Imports
from api.v1.jobs import JobErrors, Jobs
from api.v1.lead_plans import LeadPlans
from api.v1.leads import Leads
from api.v1.legal_requests import LegalRequests
from api.v1.me import Me
from api.v1.messages import Messages
from api.v1.offers import Initiatives, Segments
from api.v1.parties import Agents, Clients
from api.v1.party_parts import PARTS
from api.v1.people import Teams, Users
from api.v1.sprints import Sprints
from api.v1.stages import Stages
from api.v1.value import Measurements, Promises
from api.v1.webhook_endpoints import Deliveries, WebhookEndpoints

RESOURCES: dict[str, Any] = {
    "initiatives": Initiatives,
    "products": Products,
    "segments": Segments,
    "utps": Utps,
    "hypotheses": Hypotheses,
    "agents": Agents,
    "clients": Clients,
    "leads": Leads,
    "meetings": Meetings,
    "interviews": Interviews,
    "agreements": Agreements,
    "contracts": Contracts,
    "value-promises": Promises,
    "value-measurements": Measurements,
    "blockers": Blockers,
    "lead-plans": LeadPlans,
    "contract-documents": Documents,
    "legal-requests": LegalRequests,
    "stages": Stages,
    "sprints": Sprints,
    "goals": Goals,
    "actions": Actions,
    "findings": Findings,
    "imports": Imports,
    "jobs": Jobs,
    "calls": Calls,
    "messages": Messages,
    "webhook-endpoints": WebhookEndpoints,
    "users": Users,
    "teams": Teams,
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
    path(
        "calls/by-external/<str:source>/<str:external_id>/",
        Calls.as_view({"put": "upsert"}, basename="calls"),
        name="calls-by-external",
    ),
    path(
        "agents/by-external/<str:source>/<str:external_id>/",
        Agents.as_view({"put": "upsert"}, basename="agents"),
        name="agents-by-external",
    ),
    path(
        "clients/by-external/<str:source>/<str:external_id>/",
        Clients.as_view({"put": "upsert"}, basename="clients"),
        name="clients-by-external",
    ),
    path(
        "webhook-endpoints/<str:pk>/deliveries/",
        Deliveries.as_view({"get": "list"}, basename="webhook-endpoints"),
        name="webhook-deliveries",
    ),
    path("imports/<str:pk>/errors/", ImportErrors.as_view({"get": "list"}, basename="imports"), name="imports-errors"),
    path(
        "contract-documents/<str:pk>/versions/<str:number>/<str:ending>/",
        DocumentFiles.as_view({"get": "file"}, basename="contract-documents"),
        name="contract-document-file",
    ),
    path("bulk/leads/", BulkLeads.as_view(), name="bulk-leads"),
    path("bulk/agents/", BulkAgents.as_view(), name="bulk-agents"),
    path("bulk/clients/", BulkClients.as_view(), name="bulk-clients"),
    path("jobs/<str:pk>/errors/", JobErrors.as_view({"get": "list"}, basename="jobs"), name="jobs-errors"),
    *(path(address, view, name=name) for address, view, name in PARTS),
    *router.urls,
    path("funnel/", Funnel.as_view(), name="funnel"),
    path("events/", Events.as_view(), name="events"),
    path("forecast/", Forecast.as_view(), name="forecast"),
    path("me/", Me.as_view(), name="me"),
]
