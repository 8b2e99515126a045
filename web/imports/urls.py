from django.urls import path

from web.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.create, name="create"),
    path("template/", views.template, name="template"),
    path("<uuid:pk>/", views.run, name="run"),
    path("<uuid:pk>/columns/", views.columns, name="columns"),
    path("<uuid:pk>/check/", views.check, name="check"),
    path("<uuid:pk>/load/", views.load, name="load"),
    path("<uuid:pk>/stop/", views.stop, name="stop"),
    path("<uuid:pk>/revert/", views.revert, name="revert"),
    path("<uuid:pk>/errors/", views.errors, name="errors"),
]
