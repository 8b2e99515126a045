"""Addresses of the community and of the offers that make a goal bolder."""

from django.urls import URLPattern, URLResolver, path

from web.community import ambition, deeds, pages, records

app_name = "community"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.finding_list, name="list"),
    path("new/", records.create, name="create"),
    path("<uuid:pk>/", pages.detail, name="detail"),
    path("<uuid:pk>/edit/", records.edit, name="edit"),
    path("<uuid:pk>/retire/", deeds.retire, name="retire"),
    path("<uuid:pk>/like/", deeds.like, name="like"),
    path("<uuid:pk>/borrow/", deeds.borrow, name="borrow"),
    path("goals/<uuid:pk>/", ambition.offer, name="ambition"),
    path("goals/<uuid:pk>/bolder/", ambition.take, name="ambition_take"),
    path("goals/<uuid:pk>/metric/", ambition.take_metric, name="ambition_metric"),
]
