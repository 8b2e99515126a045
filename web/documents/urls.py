"""Addresses of papers."""

from django.urls import URLPattern, URLResolver, path

from web.documents import pages, preparing, requests, templates

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.paper_list, name="list"),
    path("new/<uuid:pk>/", preparing.prepare, name="prepare"),
    path("ask/<uuid:pk>/", requests.ask, name="ask"),
    path("requests/<uuid:pk>/", requests.detail, name="request"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/new/", templates.upload, name="template_new"),
    path("templates/built-in/<slug:kind>/<slug:language>/", templates.built_in, name="template_built_in"),
    path("templates/<uuid:pk>/file/", templates.file, name="template_file"),
    path("templates/<uuid:pk>/retire/", templates.retire, name="template_retire"),
    path("<uuid:pk>/", pages.detail, name="detail"),
    path("<uuid:pk>/terms/", preparing.version, name="version"),
    path("<uuid:pk>/sign/", preparing.sign, name="sign"),
    path("<uuid:pk>/void/", preparing.void, name="void"),
    path("<uuid:pk>/<int:number>/docx/", pages.download, {"ending": "docx"}, name="docx"),
    path("<uuid:pk>/<int:number>/pdf/", pages.download, {"ending": "pdf"}, name="pdf"),
]
