from django.urls import URLPattern, URLResolver, path

from web.integrations import accounts, log, tokens

app_name = "integrations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", accounts.index, name="accounts"),
    path("accounts/new/", accounts.create, name="account_create"),
    path("accounts/<uuid:pk>/", accounts.detail, name="account"),
    path("accounts/<uuid:pk>/edit/", accounts.edit, name="account_edit"),
    path("accounts/<uuid:pk>/tokens/new/", tokens.issue, name="token_issue"),
    path("accounts/tokens/<uuid:pk>/rotate/", tokens.rotate, name="token_rotate"),
    path("accounts/tokens/<uuid:pk>/addresses/", tokens.addresses, name="token_addresses"),
    path("accounts/tokens/<uuid:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("log/", log.index, name="log"),
]
