from django.urls import URLPattern, URLResolver, path

from web.settings import dictionaries, funnels, holidays, overview, people, stage_moves, stages

app_name = "settings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.index, name="index"),
    path("users/", people.users, name="users"),
    path("users/new/", people.user_create, name="user_create"),
    path("users/<uuid:pk>/", people.user_edit, name="user_edit"),
    path("users/<uuid:pk>/password/", people.user_password, name="user_password"),
    path("teams/", people.teams, name="teams"),
    path("teams/new/", people.team_create, name="team_create"),
    path("teams/<uuid:pk>/", people.team_edit, name="team_edit"),
    path("stages/", stages.first, name="stages"),
    path("stages/<slug:kind>/", stages.index, name="stages_of"),
    path("stages/<slug:kind>/new/", stages.create, name="stage_create"),
    path("stages/item/<uuid:pk>/", stages.edit, name="stage_edit"),
    path("stages/item/<uuid:pk>/effect/", stages.effect, name="stage_effect"),
    path("stages/item/<uuid:pk>/shift/", stage_moves.shift, name="stage_shift"),
    path("stages/item/<uuid:pk>/retire/", stage_moves.retire, name="stage_retire"),
    path("stages/item/<uuid:pk>/restore/", stages.restore, name="stage_restore"),
    path("funnels/", funnels.index, name="funnels"),
    path("funnels/new/", funnels.create, name="funnel_create"),
    path("funnels/<uuid:pk>/", funnels.edit, name="funnel_edit"),
    path("funnels/<uuid:pk>/use/", funnels.use, name="funnel_use"),
    path("reasons/", dictionaries.reasons, name="reasons"),
    path("reasons/new/", dictionaries.reason_create, name="reason_create"),
    path("reasons/<uuid:pk>/", dictionaries.reason_edit, name="reason_edit"),
    path("reasons/<uuid:pk>/shift/", dictionaries.reason_shift, name="reason_shift"),
    path("reasons/<uuid:pk>/use/", dictionaries.reason_use, name="reason_use"),
    path("products/", dictionaries.products, name="products"),
    path("products/new/", dictionaries.product_create, name="product_create"),
    path("products/<uuid:pk>/", dictionaries.product_edit, name="product_edit"),
    path("holidays/", holidays.index, name="holidays"),
    path("holidays/new/", holidays.create, name="holiday_create"),
    path("holidays/<uuid:pk>/", holidays.edit, name="holiday_edit"),
    path("holidays/<uuid:pk>/remove/", holidays.remove, name="holiday_remove"),
]
