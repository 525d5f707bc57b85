"""The addresses of the registry's public pages; the project mounts them under /registry/."""

from __future__ import annotations

from django.urls import path

from registry import views, views_accounts, views_amounts, views_movements, views_proposing

app_name = "registry"

urlpatterns = [
    path("serials/", views.serials, name="serials"),
    path("reports/", views.reports_index, name="reports"),
    path("reports/<slug:name>/", views.report, name="report"),
    path("reports/<slug:name>.<slug:kind>", views.report_file, name="report_file"),
    path("statements/<str:identifier>.<slug:kind>", views.statement_file, name="statement_file"),
    path("attestations/check/", views.check_attestation, name="check_attestation"),
    path("attestations/<str:code>.pdf", views.attestation_file, name="attestation_file"),
    path("account-requests/", views_accounts.index, name="account_requests"),
    path("account-requests/open/", views_accounts.ask_opening, name="ask_opening"),
    path("account-requests/<int:key>/", views_accounts.page, name="account_request"),
    path("account-requests/<int:key>/<slug:decision>/", views_accounts.decide, name="decide_account_request"),
    path("accounts/<str:identifier>/ask/<slug:kind>/", views_accounts.ask_change, name="ask_about_account"),
    path("assigned-amounts/", views_amounts.index, name="assigned_amounts"),
    path("movement-kinds/", views_movements.kinds, name="movement_kinds"),
    path("movements/", views_movements.index, name="movements"),
    path("movements/propose/", views_proposing.choose, name="propose"),
    path("movements/propose/<slug:kind>/", views_proposing.propose, name="propose_kind"),
    path("movements/<int:key>/", views_movements.movement, name="movement"),
    path("movements/<int:key>/<slug:act>/", views_movements.decide, name="decide"),
]
