"""Reports, an address each. A line of ``frame.REPORTS`` shows itself in the tabs as soon as its name stands here."""

from django.urls import URLPattern, URLResolver, path

from web.reports import (
    actions,
    cohorts,
    comparison,
    forecast,
    funnel,
    load,
    matrix,
    meeting_rows,
    meetings,
    overview,
    plan,
    rows,
    taking,
    times,
)

app_name = "reports"
urlpatterns: list[URLPattern | URLResolver] = [
    path("funnel/", funnel.page_of_funnel, name="funnel"),
    path("cohorts/", cohorts.page_of_cohorts, name="cohorts"),
    path("time/", times.page_of_times, name="time"),
    path("matrix/", matrix.page_of_matrix, name="matrix"),
    path("compare/", comparison.page_of_comparison, name="compare"),
    path("", overview.page_of_overview, name="overview"),
    path("plan/", plan.page_of_plan, name="plan"),
    path("forecast/", forecast.page_of_forecast, name="forecast"),
    path("forecast/commit/", taking.take, name="commit"),
    path("overdue/", load.page_of_overdue, name="overdue"),
    path("load/", load.page_of_load, name="load"),
    path("actions/", actions.page_of_actions, name="actions"),
    path("meetings/", meetings.page_of_meetings, name="meetings"),
    path("meetings/rows/", meeting_rows.page_of_meeting_rows, name="meeting_rows"),
    path("rows/", rows.page_of_rows, name="rows"),
]
