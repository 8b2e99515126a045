from django.urls import URLPattern, URLResolver, path

from web.sandbox import views

app_name = "sandbox"
urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/", views.webhooks, name="webhooks"),
    path("receive/<slug:key>/", views.receive, name="receive"),
]
