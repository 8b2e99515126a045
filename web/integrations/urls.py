from django.urls import URLPattern, URLResolver, path

from web.integrations import accounts, log, tokens, webhooks

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
    path("webhooks/", webhooks.index, name="webhooks"),
    path("webhooks/new/", webhooks.create, name="webhook_create"),
    path("webhooks/<uuid:pk>/", webhooks.detail, name="webhook"),
    path("webhooks/<uuid:pk>/edit/", webhooks.edit, name="webhook_edit"),
    path("webhooks/<uuid:pk>/secret/", webhooks.rotate, name="webhook_rotate"),
    path("webhooks/<uuid:pk>/ping/", webhooks.ping, name="webhook_ping"),
    path("webhooks/<uuid:pk>/state/", webhooks.set_state, name="webhook_state"),
    path("webhooks/<uuid:pk>/revive/", webhooks.revive, name="webhook_revive"),
    path("webhooks/<uuid:pk>/replay/", webhooks.replay, name="webhook_replay"),
    path("webhooks/deliveries/<uuid:pk>/", webhooks.delivery, name="webhook_delivery"),
    path("webhooks/deliveries/<uuid:pk>/replay/", webhooks.delivery_replay, name="webhook_delivery_replay"),
    path("log/", log.index, name="log"),
]
