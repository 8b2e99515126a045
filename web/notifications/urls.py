from django.urls import URLPattern, URLResolver, path

from web.notifications import choosing, views

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="list"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read_all, name="read_all"),
    path("settings/", choosing.settings, name="settings"),
    path("telegram/unlink/", choosing.telegram_unlink, name="telegram_unlink"),
    path("mute/<uuid:pk>/", choosing.mute, name="mute"),
    path("unmute/<uuid:pk>/", choosing.unmute, name="unmute"),
    path("<uuid:pk>/", views.open_notice, name="open"),
    path("<uuid:pk>/read/", views.read, name="read"),
]
