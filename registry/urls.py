"""The addresses of the registry's public pages; the project mounts them under /registry/."""

from __future__ import annotations

from django.urls import path

from registry import views, views_accounts

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
]
