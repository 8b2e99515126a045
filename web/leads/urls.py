"""Addresses of leads: the list and the board, then the card and its dialogs."""

from django.urls import URLPattern, URLResolver, path

from web.leads import lists

app_name = "leads"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.lead_list, name="list"),
]
