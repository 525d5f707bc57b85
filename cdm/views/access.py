"""What every page does first: find what it is about, if the person may see it, at what time it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import clock, queries
from cdm.models import Project, User
from cdm.models.subject import Subject
from cdm.workflow.machines import MACHINES, model_of
from cdm.workflow.refusals import Denied, NotOpen, Unmet
from registry.account_requests import NotAllowed
from registry.accounts import Refused


def person(request: HttpRequest) -> User | None:
    """Who is signed in, or None."""
    return request.user if request.user.is_authenticated else None


def signed_in(request: HttpRequest) -> User:
    """Who is signed in, on a page behind `login_required`."""
    user = person(request)
    if user is None:
        raise Denied("Sign in first.")
    return user


def project_or_404(request: HttpRequest, key: int, at: dt.datetime) -> Project:
    """The project if the person may see it; a project that is not theirs to see does not exist for them."""
    try:
        return queries.project_for(person(request), key, at)
    except Project.DoesNotExist as error:
        raise Http404("There is no such project, or it is not public.") from error


def subject_or_404(request: HttpRequest, machine_name: str, key: int, at: dt.datetime) -> Any:
    """The subject of a machine if the person may see it."""
    if machine_name not in MACHINES:
        raise Http404("There is no such page.")
    subject: Subject | None = model_of(machine_name)._default_manager.filter(pk=key).first()
    if subject is None or not queries.may_see(person(request), subject, at):
        raise Http404("There is no such page, or it is not public.")
    return subject


def refusals_as_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal that no form catches becomes a page with its sentence and the right status code."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Denied as refusal:
            return _page(request, "403.html", refusal.sentence, 403)
        except NotOpen as refusal:
            return _page(request, "409.html", refusal.sentence, 409)
        except Unmet as refusal:
            return _page(request, "422.html", " ".join(problem.sentence for problem in refusal.problems), 422)
        except NotAllowed as refusal:
            return _page(request, "403.html", refusal.sentence, 403)
        except Refused as refusal:
            return _page(request, "422.html", refusal.sentence, 422)

    return guarded


def now() -> dt.datetime:
    """The instant this page is asked for."""
    return clock.now()


def _page(request: HttpRequest, template: str, sentence: str, status: int) -> HttpResponse:
    return render(request, template, {"sentence": sentence}, status=status)
