"""Addresses of outreach."""

from django.urls import URLPattern, URLResolver, path

from web.outreach import campaigns, choosing, editing, parties, refusals, texts

app_name = "outreach"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", campaigns.campaign_list, name="list"),
    path("new/", editing.create, name="create"),
    path("<uuid:pk>/", campaigns.detail, name="detail"),
    path("<uuid:pk>/edit/", editing.edit, name="edit"),
    path("<uuid:pk>/audience/", choosing.audience, name="audience"),
    path("<uuid:pk>/start/", campaigns.start, name="start"),
    path("<uuid:pk>/pause/", campaigns.pause, name="pause"),
    path("<uuid:pk>/finish/", campaigns.finish, name="finish"),
    path("templates/", texts.template_list, name="templates"),
    path("templates/new/", texts.create, name="template_create"),
    path("templates/preview/", texts.preview, name="template_preview"),
    path("templates/<uuid:pk>/edit/", texts.edit, name="template_edit"),
    path("refusals/", refusals.refusal_list, name="refusals"),
    path("refusals/<int:pk>/lift/", refusals.lift, name="refusal_lift"),
    path("parties/<uuid:pk>/stop/", parties.stop, name="party_stop"),
]
