"""Reports, an address each. A line of ``frame.REPORTS`` shows itself in the tabs as soon as its name stands here."""

from django.urls import URLPattern, URLResolver, path

from web.reports import cohorts, comparison, funnel, matrix, rows, times

app_name = "reports"
urlpatterns: list[URLPattern | URLResolver] = [
    path("funnel/", funnel.page_of_funnel, name="funnel"),
    path("cohorts/", cohorts.page_of_cohorts, name="cohorts"),
    path("time/", times.page_of_times, name="time"),
    path("matrix/", matrix.page_of_matrix, name="matrix"),
    path("compare/", comparison.page_of_comparison, name="compare"),
    path("rows/", rows.page_of_rows, name="rows"),
]
