"""Every address of the site."""

from django.urls import include, path

from cdm import health
from cdm.views import sign_in

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/login/", sign_in.SignIn.as_view(), name="account_login"),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("cdm.urls_api")),
    path("registry/", include("registry.urls")),
    path("", include("cdm.urls_site")),
]
