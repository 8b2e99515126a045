"""Addresses of «Мой день»."""

from django.urls import URLPattern, URLResolver, path

from web.today import pages, pins, why

app_name = "today"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.today, name="page"),
    path("focus/", pages.focus, name="focus"),
    path("why/action/<uuid:pk>/", why.action, name="why_action"),
    path("why/lead/<uuid:pk>/", why.lead, name="why_lead"),
    path("pin/action/<uuid:pk>/", pins.action, name="pin_action"),
    path("pin/lead/<uuid:pk>/", pins.lead, name="pin_lead"),
]
