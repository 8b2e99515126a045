"""Addresses of the week and its goals."""

from django.urls import URLPattern, URLResolver, path

from web.week import adding, goals, pages, review

app_name = "week"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.current, name="now"),
    path("<str:code>/", pages.week, name="page"),
    path("<str:code>/add/", adding.add, name="add"),
    path("<str:code>/carry/", adding.carry, name="carry"),
    path("<str:code>/repeat/", adding.repeat, name="repeat"),
    path("<str:code>/review/", review.review, name="review"),
    path("<str:code>/goals/new/", goals.create, name="goal_add"),
    path("goals/<uuid:pk>/", goals.edit, name="goal_edit"),
    path("goals/<uuid:pk>/drop/", goals.drop, name="goal_drop"),
    path("goals/<uuid:pk>/value/", goals.value, name="goal_value"),
]
