"""The addresses of the pages of the cycle, under the name “cdm”."""

from django.urls import path

from cdm.views import moves, subjects

app_name = "cdm"

urlpatterns = [
    path("projects/<int:key>/", subjects.page, {"machine": "project"}, name="project"),
    path("letters/<int:key>/", subjects.page, {"machine": "letter_of_approval"}, name="letter"),
    path("requests/<int:key>/", subjects.page, {"machine": "board_request"}, name="request"),
    path("monitoring/<int:key>/", subjects.page, {"machine": "monitoring_period"}, name="monitoring"),
    path("forwarding/<int:key>/", subjects.page, {"machine": "forwarding_request"}, name="forwarding"),
    path("documents/<int:key>/", subjects.page, {"machine": "project"}, name="document"),
    path(
        "comments/confirm/<str:token>/",
        subjects.page,
        {"machine": "project", "key": 0},
        name="comment_confirm",
    ),
    path("moves/<str:machine>/<int:key>/<str:name>/", moves.move, name="move"),
]
