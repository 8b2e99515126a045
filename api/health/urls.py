from django.urls import URLPattern, URLResolver, path

from api.health import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("live/", views.live, name="health-live"),
    path("ready/", views.ready, name="health-ready"),
    path("detail/", views.detail, name="health-detail"),
]
