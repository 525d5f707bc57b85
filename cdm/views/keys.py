"""Keys for programs: what a person has issued, a new one, and revoking one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cdm.acts import keys
from cdm.forms.keys import KeyForm
from cdm.models import ApiKey, User
from cdm.views.access import now, person, refusals_as_pages
from cdm.workflow.refusals import Unmet


def _signed_in(request: HttpRequest) -> User:
    user = person(request)
    if user is None:
        raise Http404("There are no keys without a person.")
    return user


@login_required
@never_cache
@refusals_as_pages
def index(request: HttpRequest) -> HttpResponse:
    """GET lists the person's keys; POST issues one, whose text this answer shows and no other."""
    user = _signed_in(request)
    form, text, status = KeyForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _, text = keys.issue(
                    name=form.cleaned_data["name"],
                    may_write=form.cleaned_data["may_write"] == "yes",
                    by=user,
                    at=now(),
                )
            except Unmet as refusal:
                for problem in refusal.problems:
                    form.add_error(problem.field or None, problem.sentence)
            else:
                form, status = KeyForm(), 200
    context = {"keys": user.api_keys.all(), "form": form, "text": text}
    return render(request, "cdm/keys.html", context, status=status)


@login_required
@require_POST
@refusals_as_pages
def revoke(request: HttpRequest, key: int) -> HttpResponse:
    """End one of the person's own keys."""
    user = _signed_in(request)
    found = ApiKey.objects.filter(pk=key, user=user).first()
    if found is None:
        raise Http404("There is no such key.")
    keys.revoke(found, by=user, at=now())
    messages.success(request, f"The key “{found.name}” is revoked.")
    return redirect("cdm:keys")
