from django.urls import URLPattern, URLResolver, path

from web.privacy import people, rules

app_name = "privacy"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", rules.index, name="index"),
    path("register/", rules.register, name="register"),
    path("retention/", rules.retention, name="retention"),
    path("retention/<slug:key>/", rules.rule, name="rule"),
    path("people/<uuid:pk>/", people.subject, name="subject"),
    path("people/<uuid:pk>/export/", people.export, name="export"),
    path("people/<uuid:pk>/archive/", people.archive, name="archive"),
    path("people/<uuid:pk>/hold/", people.hold, name="hold"),
    path("people/<uuid:pk>/lift/", people.lift, name="lift"),
    path("people/<uuid:pk>/erase/", people.erase, name="erase"),
    path("people/<uuid:pk>/show/", people.reveal, name="reveal"),
    path("people/<uuid:pk>/act/", people.act, name="act"),
]
