"""Signing in; in the demonstration with one click as any of its people, and nowhere else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cdm import permissions
from cdm.models import Seat, User
from cdm.views.access import now
from cdm.workflow.roles import PEOPLE

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105  a name, not a password


class SignIn(LoginView):  # type: ignore[misc]
    """allauth's page, with the people of the demonstration on top where there are any."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if is_offered():
            context["demonstration_people"] = people(now())
            context["demonstration_sign_in_url"] = reverse("cdm:demonstration_people")
        return context


def is_offered() -> bool:
    """Whether people may sign in without a password: in the demonstration, unless it was switched off."""
    return bool(settings.DEMONSTRATION and settings.ONE_CLICK_SIGN_IN)


def demonstration_people(request: HttpRequest) -> HttpResponse:
    """The people of the demonstration; POST signs in as one. Elsewhere there is no such page."""
    if not is_offered():
        raise Http404("There is nothing at this address.")
    offered = people(now())
    if request.method == "POST":
        chosen = request.POST.get("person", "")
        if chosen not in {one["value"] for one in offered}:
            raise Http404("There is no such person in the demonstration.")
        login(request, User.objects.get(pk=int(chosen)), backend=PASSWORD_BACKEND)
        onward = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()})
        return redirect(onward if safe else reverse("cdm:tasks"))
    context = {
        "demonstration_people": offered,
        "demonstration_sign_in_url": reverse("cdm:demonstration_people"),
    }
    return render(request, "cdm/demonstration_people.html", context)


def people(at: dt.datetime) -> list[dict[str, str]]:
    """Everybody who holds a seat, in the order of the seats, for `parts/demonstration_sign_in.html`."""
    order = {role: number for number, role in enumerate(PEOPLE)}
    found: dict[int, dict[str, Any]] = {}
    seats = Seat.objects.held_on(permissions.day_of(at)).select_related("user", "organisation")
    for seat in sorted(seats, key=lambda one: (order[one.role], one.organisation.name, one.user.name)):
        row = found.setdefault(
            seat.user_id,
            {"name": seat.user.name, "value": str(seat.user_id), "roles": {}, "organisations": {}},
        )
        row["roles"][seat.role.label] = None
        row["organisations"][seat.organisation.name] = None
    return [
        {
            "name": row["name"],
            "value": row["value"],
            "role": ", ".join(row["roles"]),
            "organisation": ", ".join(row["organisations"]),
        }
        for row in found.values()
    ]
