from django.urls import URLPattern, URLResolver, path

from web.audit import files, people, records, seen

app_name = "audit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", seen.index, name="seen"),
    path("person/", people.index, name="person"),
    path("export/", files.export, name="export"),
    path("<slug:kind>/<uuid:pk>/", records.record, name="record"),
    path("<slug:kind>/<uuid:pk>/restore/", records.restore, name="restore"),
]
