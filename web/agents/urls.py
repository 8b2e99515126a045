"""Addresses of agents, of clients, and of what stands on their cards."""

from django.urls import URLPattern, URLResolver, path

from web.agents import answers, card, clients, consents, contacts, lending, lists, new_leads, records

app_name = "agents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.agent_list, name="list"),
    path("new/", records.create, name="create"),
    path("<uuid:pk>/", card.agent_card, name="card"),
    path("<uuid:pk>/edit/", records.edit, name="edit"),
    path("<uuid:pk>/share/", lending.share, name="share"),
    path("<uuid:pk>/base/", records.base, name="base"),
    path("<uuid:pk>/bant/", answers.bant, name="bant"),
    path("<uuid:pk>/clients/new/", clients.create_of_agent, name="client_create"),
    path("clients/", lists.client_list, name="clients"),
    path("clients/new/", clients.create, name="client_new"),
    path("clients/<uuid:pk>/", clients.client_card, name="client"),
    path("clients/<uuid:pk>/edit/", clients.edit, name="client_edit"),
    path("clients/<uuid:pk>/share/", lending.share_client, name="client_share"),
    path("<uuid:pk>/contacts/new/", contacts.add, name="contact_add"),
    path("<uuid:pk>/contacts/<int:contact>/remove/", contacts.remove, name="contact_remove"),
    path("<uuid:pk>/consents/new/", consents.add, name="consent_add"),
    path("<uuid:pk>/consents/<int:consent>/withdraw/", consents.withdraw, name="consent_withdraw"),
    path("<uuid:pk>/lead/", new_leads.create, name="lead_create"),
]
