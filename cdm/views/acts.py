"""The page of an act: a form, one domain call, its refusals beside the fields, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cdm.forms.acts import ActForm
from cdm.workflow.refusals import NotOpen, Unmet
from registry.accounts import Refused


def act_page(
    request: HttpRequest,
    *,
    form: ActForm,
    act: Callable[[dict[str, Any]], Any],
    done: Callable[[Any], str],
    onward: Callable[[Any], str],
    heading: str,
    back_url: str,
    back_label: str,
    template: str = "cdm/act.html",
    **context: Any,
) -> HttpResponse:
    """GET draws `form`; POST cleans it and calls `act` with the values.

    `done(result)` is the sentence shown after it, `onward(result)` where the reader goes. Unmet needs and
    refusals of the book come back with the form (422), what is not open any more as a page (409); Denied goes
    to the view's guard (403).
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                result = act(form.cleaned_data)
            except Unmet as refusal:
                form.show(refusal.problems)
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
            except NotOpen as refusal:
                return no_longer(request, refusal, back_url)
            else:
                if sentence := done(result):
                    messages.success(request, sentence)
                return redirect(onward(result))
    shown = {"form": form, "heading": heading, "back_url": back_url, "back_label": back_label, **context}
    return render(request, template, shown, status=status)


def posted(request: HttpRequest) -> Any:
    """What was sent, for a form; None where the page is only looked at, so that an empty form counts as sent."""
    return request.POST if request.method == "POST" else None


def no_longer(request: HttpRequest, refusal: NotOpen, onward_url: str) -> HttpResponse:
    """The page of something that can no longer be done, with the way to where it stands now."""
    context = {"sentence": refusal.sentence, "onward_url": onward_url}
    return render(request, "409.html", context, status=409)
