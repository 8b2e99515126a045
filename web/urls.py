"""Pages, one sub-package an area."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from web.integrations import hooks, public_form
from web.outreach import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("week/", include("web.week.urls")),
    path("plans/", include("web.plans.urls")),
    path("actions/", include("web.actions.urls")),
    path("today/", include("web.today.urls")),
    path("leads/", include("web.leads.urls")),
    path("agents/", include("web.agents.urls")),
    path("segments/", include("web.segments.urls")),
    path("initiatives/", include("web.initiatives.urls")),
    path("hypotheses/", include("web.hypotheses.urls")),
    path("results/", include("web.results.urls")),
    path("start/", include("web.start.urls")),
    path("value/", include("web.value.urls")),
    path("calls/", include("web.calls.urls")),
    path("documents/", include("web.documents.urls")),
    path("blockers/", include("web.blockers.urls")),
    path("reports/", include("web.reports.urls")),
    path("community/", include("web.community.urls")),
    path("imports/", include("web.imports.urls")),
    path("audit/", include("web.audit.urls")),
    path("approvals/", include("web.approvals.urls")),
    path("settings/integrations/", include("web.integrations.urls")),
    path("settings/privacy/", include("web.privacy.urls")),
    path("settings/", include("web.settings.urls")),
    path("notifications/", include("web.notifications.urls")),
    path("search/", include("web.search.urls")),
    path("outreach/", include("web.outreach.urls")),
    path("o/<str:pk>/", public.refuse, name="opt_out"),
    path("hooks/telegram/<str:pk>/", public.telegram, name="hook_telegram"),
    path("hooks/messages/", public.webhook, name="hook_messages"),
    path("hooks/<slug:pk>/", hooks.take, name="hook_inbox"),
    path("f/<slug:pk>/", public_form.take, name="public_form"),
    path("", include("web.account.urls")),
]
if settings.WEBHOOK_SANDBOX:
    urlpatterns.append(path("sandbox/", include("web.sandbox.urls")))
