"""The registry's public pages: the story of serials, the reports, and the check of an attestation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, Final, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry import attestation, limits, outside, queries, reports, reports_accounts, stories
from registry.attestation_pdf import pdf
from registry.forms import AccountsForm, CancellationsForm, CodeForm, HoldingsForm, ReportForm, SerialsForm
from registry.reports import Report
from registry.serials import BadSerials
from registry.spreadsheets import as_csv, as_xlsx
from registry.stories import Part, Story, Viewer

ROWS_SHOWN: Final = 50
MOST_NESTED: Final = 6
"""Levels of a story that are set in; what lies deeper follows in the same column, or a telephone shows none."""

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHECKS_A_MINUTE: Final = 20
FILES_A_MINUTE: Final = 10

FORMS: Final[dict[str, type[ReportForm]]] = {
    "issuances": ReportForm,
    "cancellations": CancellationsForm,
    "holdings": HoldingsForm,
    "accounts": AccountsForm,
}


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks. The project names a function in REGISTRY_VIEWER that knows; without it everyone is the public."""
    name = getattr(settings, "REGISTRY_VIEWER", "")
    return cast(Viewer, import_string(name)(request)) if name else stories.PUBLIC


@require_safe
def serials(request: HttpRequest) -> HttpResponse:
    """The look-up of serials, with the tree of what became of them."""
    form = SerialsForm(request.GET) if "serial" in request.GET else SerialsForm()
    context: dict[str, Any] = around("serials")
    if form.is_bound and form.is_valid():
        found = stories.story(form.cleaned_data["serial"], viewer=viewer_of(request))
        context |= {"story": found, "steps": list(_nested(found)), "fates": _fates(found)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "registry/serials.html", {**context, "form": form}, status=status)


@require_safe
def reports_index(request: HttpRequest) -> HttpResponse:
    """The reports there are, with their totals."""
    found = [
        reports.issuances(),
        reports.cancellations(),
        reports.holdings(by="party"),
        reports_accounts.accounts(at=outside.now()),
    ]
    return render(request, "registry/reports.html", {**around("reports"), "reports": found})


@require_safe
def report(request: HttpRequest, name: str) -> HttpResponse:
    """The first rows of a report, narrowed as asked, and the files with all of them."""
    form = _report_form(request, name)
    context = _around_report(name)
    if not form.is_valid():
        return render(request, "registry/report.html", {**context, "form": form}, status=422)
    found = _report(name, form)
    context |= {
        "report": found,
        **_shown(found),
        "files": [(kind, _with_query(request, name, kind)) for kind in ("csv", "xlsx")],
    }
    return render(request, "registry/report.html", {**context, "filter_form": form})


@require_safe
def report_file(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """The whole report as a file."""
    if not limits.is_within(request, "files", most=FILES_A_MINUTE):
        return _too_many(request)
    form = _report_form(request, name)
    if not form.is_valid():
        return render(request, "registry/report.html", {**_around_report(name), "form": form}, status=422)
    return _file(_report(name, form), kind)


@require_safe
def statement_file(request: HttpRequest, identifier: str, kind: str) -> HttpResponseBase:
    """The statement of one account as a file, for its holder and the administrator; the registry's own for all.

    `since` and `until` are days, both inside. What is public of a holder's account stands in the reports.
    """
    if not limits.is_within(request, "files", most=FILES_A_MINUTE):
        return _too_many(request)
    try:
        account = queries.account(identifier)
    except (BadSerials, queries.NoSuchAccount) as error:
        raise Http404("There is no such account.") from error
    if account.party and not viewer_of(request).may_read(account.pk):
        raise Http404("There is no such account, or it is not yours.")
    days = {name: _day(request, name) for name in ("since", "until")}
    return _file(reports.statement(account, **days), kind)


@never_cache
@require_safe
def check_attestation(request: HttpRequest) -> HttpResponse:
    """Whether a check code is one of this registry's, and what the book says of what it attests."""
    form = CodeForm(request.GET) if "code" in request.GET else CodeForm()
    context: dict[str, Any] = around("check_attestation")
    if not form.is_bound:
        return render(request, "registry/check_attestation.html", {**context, "form": form})
    if not limits.is_within(request, "attestations", most=CHECKS_A_MINUTE):
        return _too_many(request)
    status = 422
    if form.is_valid():
        try:
            found = attestation.find(form.cleaned_data["code"])
        except attestation.NoSuchAttestation as refusal:
            form.add_error("code", refusal.sentence)
            status = 404
        else:
            facts = attestation.facts(found)
            context |= {"attested": facts, "rows": _attested_rows(facts)}
            status = 200
    return render(request, "registry/check_attestation.html", {**context, "form": form}, status=status)


@never_cache
@require_safe
def attestation_file(request: HttpRequest, code: str) -> HttpResponse:
    """The attestation again, for whoever has its code."""
    if not limits.is_within(request, "attestations", most=CHECKS_A_MINUTE):
        return _too_many(request)
    try:
        facts = attestation.facts(attestation.find(code))
    except (attestation.BadCode, attestation.NoSuchAttestation) as error:
        raise Http404("There is no such attestation.") from error
    answer = HttpResponse(pdf(facts, address=check_address()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="attestation-{facts.printed_code}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def check_address() -> str:
    """Where an attestation sends its reader to check it."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('registry:check_attestation')}"


def around(here: str) -> dict[str, Any]:
    """What stands around each of these pages."""
    names = (
        ("serials", "Serial numbers"),
        ("reports", "Reports"),
        ("movement_kinds", "Kinds of movement"),
        ("assigned_amounts", "Assigned amounts"),
        ("check_attestation", "Check an attestation"),
    )
    overview = reverse("registry:serials").removesuffix("serials/")
    label = dict(names)[here]
    return {
        "breadcrumbs": [("Registry", overview), (label, "")],
        "look_ups": [(words, reverse(f"registry:{name}"), name == here) for name, words in names],
    }


def _nested(story: Story) -> Iterator[dict[str, Any]]:
    """Each part, whether a list opens below it, and how many lists close after it."""
    walked = [(min(depth, MOST_NESTED), part) for depth, part in story.walk()]
    following = [*(depth for depth, _ in walked[1:]), 0]  # after the last, the outermost list ends
    for (depth, part), after in zip(walked, following, strict=False):
        yield {
            "part": part,
            "tag": _tag(part),
            "opens": after > depth,
            "closes": range(max(depth - after, 0)),
        }


def _tag(part: Part) -> dict[str, str]:
    if not part.is_here_now:
        return {}
    if part.account.account_type.is_final:
        return {"label": "Final", "tone": "ended"}
    return {"label": "Here now", "tone": "good"}


def _fates(story: Story) -> list[list[Any]]:
    return [
        [fate.account.identifier, fate.account.account_type.label, fate.account.holder, fate.units]
        for fate in story.fates
    ]


def _attested_rows(facts: attestation.Facts) -> list[dict[str, str]]:
    return [
        {"key": "Units cancelled", "value": f"{facts.units:,}"},
        {"key": "Cancelled by", "value": facts.holder},
        {"key": "On behalf of", "value": facts.beneficiary or "Itself"},
        {"key": "Purpose", "value": facts.purpose},
        {"key": "Attested on", "value": f"{facts.attested_at:%-d %B %Y}"},
        {"key": "Check code", "value": facts.printed_code},
    ]


def _report_form(request: HttpRequest, name: str) -> ReportForm:
    if name not in FORMS:
        raise Http404("There is no such report.")
    return FORMS[name](request.GET)


def _report(name: str, form: ReportForm) -> Report:
    if isinstance(form, AccountsForm):
        return reports_accounts.accounts(form.filters(), at=outside.now())
    if isinstance(form, CancellationsForm):
        return reports.cancellations(form.filters(), kind=form.kind_of())
    if isinstance(form, HoldingsForm):
        day = form.cleaned_data["at_end_of"]
        end = dt.datetime.combine(day, dt.time.max, dt.UTC) if day else None
        return reports.holdings(form.filters(), by=form.group(), at=end)
    return reports.issuances(form.filters())


def _shown(found: Report) -> dict[str, Any]:
    """The first rows of a report, without the columns that only files have; days without their time."""
    columns = [column for column in found.columns if column.on_page]
    places = [found.columns.index(column) for column in columns]
    return {
        "columns": [{"label": c.label, "numeric": c.is_quantity, "serial": c.is_serial} for c in columns],
        "rows": [
            [str(row[at])[:10] if found.columns[at].name == "completed_at" else row[at] for at in places]
            for row in islice(found.rows(), ROWS_SHOWN)
        ],
    }


def _around_report(name: str) -> dict[str, Any]:
    """What stands around one report."""
    near = around("reports")
    reports_label, title = near["breadcrumbs"][-1][0], name.capitalize()
    return {
        "breadcrumbs": [
            *near["breadcrumbs"][:-1],
            (reports_label, reverse("registry:reports")),
            (title, ""),
        ],
        "tabs": [(one.capitalize(), reverse("registry:report", args=[one]), one == name) for one in FORMS],
        "name": name,
        "title": title,
    }


def _with_query(request: HttpRequest, name: str, kind: str) -> str:
    address = reverse("registry:report_file", args=[name, kind])
    return f"{address}?{request.GET.urlencode()}" if request.GET else address


def _file(found: Report, kind: str) -> HttpResponseBase:
    """CSV as a stream of lines; XLSX written to a file that vanishes when it has been sent."""
    name = f"{found.name.replace(' ', '-')}.{kind}"
    if kind == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(
            as_csv(found.columns, found.rows()), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    elif kind == "xlsx":
        file = TemporaryFile()  # noqa: SIM115  the response closes it
        as_xlsx(found.columns, found.rows(), title=found.title[:31], file=file)
        file.seek(0)
        answer = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    else:
        raise Http404("Reports are given as csv and xlsx.")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _day(request: HttpRequest, name: str) -> dt.date | None:
    text = request.GET.get(name, "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Http404("A day is written like 2019-06-18.") from error


def _too_many(request: HttpRequest) -> HttpResponse:
    sentence = "You have asked very often in the last minute. Wait a minute, then try again."
    answer = render(request, "registry/too_many.html", {"sentence": sentence}, status=429)
    answer["Retry-After"] = "60"
    return answer
