from django.urls import URLPattern, URLResolver, path

from web.integrations import accounts

app_name = "integrations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", accounts.index, name="accounts"),
]
