"""Names without a namespace: other rooms and allauth ask for them as they stand."""

from django.urls import URLPattern, URLResolver, path

from web.account import confirm, hours, signin, views
from web.account import help as help_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("login/", signin.sign_in, name="account_login"),
    path("logout/", signin.sign_out, name="account_logout"),
    path("account/", views.profile, name="profile"),
    path("account/theme/", views.theme, name="profile_theme"),
    path("account/language/", views.set_language, name="set_language"),
    path("account/password/", signin.change_password, name="account_change_password"),
    path("account/confirm/", confirm.confirm, name="account_confirm"),
    path("account/hours/", hours.schedule, name="hours"),
    path("account/hours/days-off/", hours.day_off_add, name="day_off_add"),
    path("account/hours/days-off/<uuid:pk>/remove/", hours.day_off_remove, name="day_off_remove"),
    path("help/shortcuts/", help_pages.shortcuts, name="help_shortcuts"),
    path("help/glossary/", help_pages.glossary, name="help_glossary"),
]
