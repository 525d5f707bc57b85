"""What every page shows around itself: the menu with what waits for the reader, and the demonstration's banner."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cdm import clock, queries

# the entries of the menu: label, name of the page, beginnings of the addresses under which it is marked
PUBLIC = (
    (
        "Projects",
        "cdm:projects",
        ("/projects/", "/letters/", "/monitoring/", "/comments/", "/findings/", "/prior-considerations/"),
    ),
    ("Requests", "cdm:requests", ("/requests/",)),
    ("Entities", "cdm:entities", ("/entities/", "/accreditations/", "/excess-issuances/")),
    ("Registry", "cdm:registry", ("/registry/", "/forwarding/")),
    ("Rules", "cdm:rules", ("/rules/", "/glossary/")),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """`navigation` for every page; `demonstration` only where there is one. Read when a page is drawn."""
    context: dict[str, Any] = {"navigation": SimpleLazyObject(lambda: _navigation(request))}
    if settings.DEMONSTRATION:
        context["demonstration"] = SimpleLazyObject(_demonstration)
    return context


def _navigation(request: HttpRequest) -> list[tuple[str, str, bool, int | None]]:
    user = getattr(request, "user", None)
    found = [_entry(request, label, name, begins) for label, name, begins in PUBLIC]
    if user is None or not user.is_authenticated:
        return found
    at = clock.now()
    own = [
        _entry(request, "Tasks", "cdm:tasks", ("/tasks/",), queries.inbox_for(user, at).count()),
        _entry(request, "Notices", "cdm:notices", ("/notices/",), queries.unread_notices(user).count()),
    ]
    return [found[0], *own, *found[1:]]


def _entry(
    request: HttpRequest, label: str, name: str, begins: tuple[str, ...], count: int | None = None
) -> tuple[str, str, bool, int | None]:
    return label, reverse(name), request.path.startswith(begins), count


def _demonstration() -> dict[str, Any]:
    return {
        "today": clock.today(),
        "control_url": reverse("cdm:clock"),
        "people_url": reverse("cdm:demonstration_people") if settings.ONE_CLICK_SIGN_IN else "",
    }
