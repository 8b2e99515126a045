"""Addresses of «Мой день»."""

from django.urls import URLPattern, URLResolver, path

from web.today import adding, pages, pins, ritual, why

app_name = "today"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.today, name="page"),
    path("add/", adding.add, name="add"),
    path("focus/", pages.focus, name="focus"),
    path("ritual/", ritual.ritual, name="ritual"),
    path("ritual/action/<uuid:pk>/", ritual.action, name="answer_action"),
    path("ritual/lead/<uuid:pk>/", ritual.lead, name="answer_lead"),
    path("why/action/<uuid:pk>/", why.action, name="why_action"),
    path("why/lead/<uuid:pk>/", why.lead, name="why_lead"),
    path("pin/lead/<uuid:pk>/", pins.lead, name="pin_lead"),
]
