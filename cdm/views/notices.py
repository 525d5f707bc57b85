"""What a person was told: the list of notices, read and unread."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cdm import queries
from cdm.models import Notice
from cdm.views import desks
from cdm.views.access import now, signed_in

NOTICES_ON_A_PAGE = 30


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """All notices of the person, newest first, or only the unread ones."""
    user = signed_in(request)
    only_unread = request.GET.get("show") == "unread"
    notices = user.notices.select_related("project")
    unread = queries.unread_notices(user).count()
    if only_unread:
        notices = notices.filter(read_at__isnull=True)
    address = reverse("cdm:notices")
    context = {
        "page": Paginator(notices, NOTICES_ON_A_PAGE).get_page(request.GET.get("page")),
        "unread": unread,
        "only_unread": only_unread,
        "tabs": desks.tabs(user, now(), "notices"),
        "address": address,
    }
    return render(request, "cdm/notices.html", context)


@login_required
@require_POST
def read(request: HttpRequest, key: int) -> HttpResponse:
    """Mark one notice as read and go to what it is about."""
    user = signed_in(request)
    notice = Notice.objects.filter(pk=key, user=user).first()
    if notice is None:
        raise Http404("There is no such notice.")
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=now())
    safe = url_has_allowed_host_and_scheme(notice.url, allowed_hosts={request.get_host()})
    return redirect(notice.url if notice.url and safe else reverse("cdm:notices"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark every notice of the person as read."""
    user = signed_in(request)
    queries.unread_notices(user).update(read_at=now())
    messages.success(request, "All notices are marked as read.")
    return redirect("cdm:notices")
