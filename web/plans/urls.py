"""Addresses of the weekly plan of leads."""

from django.urls import URLPattern, URLResolver, path

from web.plans import deeds, pages, proposing

app_name = "plans"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.current, name="now"),
    path("<str:code>/", pages.week, name="page"),
    path("<str:code>/add/", deeds.add, name="add"),
    path("<str:code>/copy/", deeds.copy, name="copy"),
    path("rows/<uuid:pk>/save/", deeds.save, name="save"),
    path("rows/<uuid:pk>/drop/", deeds.drop, name="drop"),
    path("rows/<uuid:pk>/from-goal/", proposing.propose, name="propose"),
    path("rows/<uuid:pk>/goal/<slug:stage_code>/", deeds.goal, name="goal"),
]
