"""Pages, one sub-package an area."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("leads/", include("web.leads.urls")),
    path("agents/", include("web.agents.urls")),
    path("segments/", include("web.segments.urls")),
    path("initiatives/", include("web.initiatives.urls")),
    path("blockers/", include("web.blockers.urls")),
    path("reports/funnel/", include("web.funnel.urls")),
    path("community/", include("web.community.urls")),
    path("imports/", include("web.imports.urls")),
    path("settings/", include("web.settings.urls")),
    path("notifications/", include("web.notifications.urls")),
    path("search/", include("web.search.urls")),
    path("", include("web.account.urls")),
]
