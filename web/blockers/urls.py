from django.urls import URLPattern, URLResolver

app_name = "blockers"
urlpatterns: list[URLPattern | URLResolver] = []
