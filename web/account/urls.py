"""Names without a namespace: other rooms and allauth ask for them as they stand."""

from django.urls import URLPattern, URLResolver, path

from web.account import code, confirm, hours, reset, security, signin, sso, views
from web.account import help as help_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("login/", signin.sign_in, name="account_login"),
    path("login/code/", code.code, name="mfa_authenticate"),
    path("login/passkey/", code.passkey, name="account_passkey"),
    path("login/forgotten/", reset.ask, name="account_reset_password"),
    path("login/forgotten/<str:key>/", reset.choose, name="account_reset_password_from_key"),
    path("login/sso/", sso.begin, name="account_sso"),
    path("login/sso/back/", sso.back, name="account_sso_back"),
    path("logout/", signin.sign_out, name="account_logout"),
    path("account/", views.profile, name="profile"),
    path("account/theme/", views.theme, name="profile_theme"),
    path("account/language/", views.set_language, name="set_language"),
    path("account/password/", signin.change_password, name="account_change_password"),
    path("account/security/", security.overview, name="security"),
    path("account/security/app/", security.app, name="security_app"),
    path("account/security/keys/", security.key, name="security_key"),
    path("account/security/remove/", security.remove, name="security_remove"),
    path("account/security/codes/", security.codes, name="security_codes"),
    path("account/security/sessions/end/", security.end_sessions, name="security_end_sessions"),
    path("account/confirm/", confirm.confirm, name="account_confirm"),
    path("account/hours/", hours.schedule, name="hours"),
    path("account/hours/days-off/", hours.day_off_add, name="day_off_add"),
    path("account/hours/days-off/<uuid:pk>/remove/", hours.day_off_remove, name="day_off_remove"),
    path("help/shortcuts/", help_pages.shortcuts, name="help_shortcuts"),
    path("help/glossary/", help_pages.glossary, name="help_glossary"),
]
