"""Names without a namespace: other rooms and allauth ask for them as they stand."""

from django.urls import URLPattern, URLResolver, path

from web.account import help as help_pages
from web.account import signin, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("login/", signin.sign_in, name="account_login"),
    path("logout/", signin.sign_out, name="account_logout"),
    path("account/", views.profile, name="profile"),
    path("account/theme/", views.theme, name="profile_theme"),
    path("account/language/", views.set_language, name="set_language"),
    path("account/password/", signin.change_password, name="account_change_password"),
    path("help/shortcuts/", help_pages.shortcuts, name="help_shortcuts"),
    path("help/glossary/", help_pages.glossary, name="help_glossary"),
]
