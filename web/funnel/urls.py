from django.urls import URLPattern, URLResolver, path

from web.funnel import views

app_name = "funnel"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.funnel_page, name="page"),
    path("export/", views.export, name="export"),
]
