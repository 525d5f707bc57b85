"""Operational entities: the public list and page of each, and the desk of those who sit for one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import entities, permissions, queries
from cdm.acts import accreditation as acts
from cdm.forms.accreditation import ApplicationForm, EntityFilter, ReviewForm
from cdm.models import Accreditation, EntityAccreditation, Organisation, Project, User
from cdm.rules import parties, scopes
from cdm.templatetags.cdm_format import day, quantity
from cdm.views import coming_up, desks
from cdm.views.access import now, person, refusals_as_pages, signed_in
from cdm.views.activity_reports import reports_for
from cdm.views.acts import act_page, posted
from cdm.views.entity_matters import MATTER_COLUMNS, rows_of
from cdm.views.status import status_of
from cdm.views.subjects import button
from cdm.views.tasks import task_rows
from cdm.workflow.roles import Role

LIST_COLUMNS = [
    {"label": "Entity"},
    {"label": "Validation: scopes held"},
    {"label": "Verification: scopes held"},
    {"label": "Term"},
    {"label": "State"},
]
SPAN_COLUMNS = [
    {"label": "Function"},
    {"label": "Sectoral scopes"},
    {"label": "First day"},
    {"label": "Last day"},
    {"label": "Today"},
]
TERM_COLUMNS = [{"label": "Term"}, {"label": "State"}, {"label": "From"}, {"label": "Until"}]
ENGAGEMENT_COLUMNS = [
    {"label": "Project"},
    {"label": "Function"},
    {"label": "Since"},
    {"label": "With you now"},
]
OBLIGATION_COLUMNS = [
    {"label": "Excess issuance"},
    {"label": "Project"},
    {"label": "Units", "numeric": True},
    {"label": "Still due", "numeric": True},
    {"label": "State"},
]


def index(request: HttpRequest) -> HttpResponse:
    """The public list of operational entities (3/CMP.1 annex, para 20(c))."""
    today = permissions.day_of(now())
    form = EntityFilter(request.GET, auto_id="filter_%s")
    chosen = form.cleaned_data if form.is_valid() else {}
    found = list(entities.listed(function=chosen.get("function", ""), scope=chosen.get("scope"), day=today))
    held = entities.held_by(found, today)
    rows = [_line(doe, held[doe.pk]) for doe in found]
    return render(
        request,
        "cdm/entities/index.html",
        {
            "filter_form": form,
            "is_narrowed": any(request.GET.values()),
            "columns": LIST_COLUMNS,
            "rows": rows,
            "today": today,
        },
    )


def _line(doe: Any, held: dict[str, set[int]]) -> list[Any]:
    term = doe.terms[0] if doe.terms else None
    return [
        {"text": doe.name, "url": _url(doe), "hint": parties.party(doe.party).name if doe.party else ""},
        *(_numbers(sorted(held[function])) for function in Accreditation.Function.values),
        f"{day(term.accredited_on)} to {day(term.last_day) if term.last_day else 'no day set'}"
        if term
        else "–",
        {"tag": status_of(term)} if term else "As entered",
    ]


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "None"


def entity(request: HttpRequest, key: int) -> HttpResponse:
    """The public page of one entity; its own people find the way to their desk, the Board to a review."""
    at = now()
    doe, user = _entity_or_404(request, key, at), person(request)
    sits = _sits_for(user, doe, at)
    moves = []
    if sits:
        moves.append(button("Report on the activities of a year", "report_activities", doe.pk))
        moves.append(button("Your desk as this entity", "own_entity"))
    if permissions.roles_for(user, "review_report_of_entity", at=at) and doe.entity_accreditations.filter(
        state__in=acts.LOST
    ):
        moves.append(button("Open a review of a report", "open_excess_review", doe.pk, tone="secondary"))
    context = {
        "doe": doe,
        "about": _about(doe, at, is_concerned=sits or _oversees(user, at)),
        "matters": rows_of(doe.matters, user, at),
        "matter_columns": MATTER_COLUMNS,
        "reports": reports_for(doe, user, at, sits=sits),
        "span_columns": SPAN_COLUMNS,
        "term_columns": TERM_COLUMNS,
        "obligation_columns": OBLIGATION_COLUMNS,
        "moves": moves,
        "heading": doe.name,
        "breadcrumbs": [("Operational entities", reverse("cdm:entities")), (doe.name, "")],
        "projects": [
            {"text": str(one), "url": one.get_absolute_url()} for one in entities.projects_of(doe, at)
        ],
    }
    return render(request, "cdm/entities/entity.html", context)


@login_required
@refusals_as_pages
def own(request: HttpRequest) -> HttpResponse:
    """The desk of those who sit for an operational entity: what it may take, what is open, what is due."""
    at = now()
    user = signed_in(request)
    desks.require_seat(user, Role.DOE, at)
    seats = permissions.seats_of(user, permissions.day_of(at))
    context = {
        "tabs": desks.tabs(user, at, "own_entity"),
        "desks": [_desk(seat.organisation, user, at) for seat in seats if seat.role is Role.DOE],
        "today": permissions.day_of(at),
        "span_columns": SPAN_COLUMNS,
        "term_columns": TERM_COLUMNS,
        "engagement_columns": ENGAGEMENT_COLUMNS,
        "obligation_columns": OBLIGATION_COLUMNS,
        "matter_columns": MATTER_COLUMNS,
    }
    return render(request, "cdm/entities/own.html", context)


def _desk(doe: Organisation, user: User, at: dt.datetime) -> dict[str, Any]:
    today = permissions.day_of(at)
    may = entities.may_take(doe, today)
    spans = [span for span in entities.spans_of(doe, today) if span.is_held]
    tasks = queries.inbox_for(user, at).filter(organisation=doe)
    return {
        **_about(doe, at, is_concerned=True),
        "matters": rows_of(doe.matters, user, at),
        "coming": coming_up.rows_for([doe], today),
        "may_rows": [
            {
                "key": Accreditation.Function(function).label,
                "value": "\n".join(_by_last_day(spans, function)) or "Nothing today",
                "hint": f"Not: {_numbers(lacking)}" if held and lacking else "",
            }
            for function, (held, lacking) in may.items()
        ],
        "not_to_verify": entities.not_to_verify(doe),
        "engagement_rows": [
            [
                {"text": str(one.project), "url": one.project.get_absolute_url()},
                one.get_function_display(),
                day(one.from_at),
                ", ".join(str(period) for period in entities.work_of(one)) or one.project.place.label,
            ]
            for one in entities.open_engagements(doe)
        ],
        "tasks": task_rows(tasks, user),
    }


def _by_last_day(spans: list[entities.Span], function: str) -> list[str]:
    """What is held in a function, a line for each last day."""
    return [
        f"{scopes.in_words(span.sectoral_scopes)}. Until {day(span.last_day) if span.last_day else 'further notice'}."
        for span in spans
        if span.function == function
    ]


def _about(doe: Organisation, at: dt.datetime, *, is_concerned: bool) -> dict[str, Any]:
    """What every page about an entity shows."""
    today = permissions.day_of(at)
    terms = list(entities.terms_seen(doe, is_concerned=is_concerned))
    decisions = [decision for term in terms for decision in term.cmp_decisions.all()]
    return {
        "doe": doe,
        "held_names": scopes.in_words(
            number
            for span in entities.spans_of(doe, today)
            if span.is_held
            for number in span.sectoral_scopes
        ),
        "holds_anything": Accreditation.objects.held_on(today).filter(doe=doe).exists(),
        "spans": [
            [
                span.function_label,
                _numbers(span.sectoral_scopes),
                day(span.from_on),
                day(span.last_day) if span.last_day else "No day set",
                span.standing_on(today),
            ]
            for span in entities.spans_of(doe, today)
        ],
        "terms": [
            [
                {"text": f"Accreditation {term.pk}", "url": term.get_absolute_url()},
                {"tag": status_of(term)},
                day(term.accredited_on) if term.accredited_on else "Not yet",
                day(term.last_day) if term.last_day else "–",
            ]
            for term in terms
        ],
        "decisions": [
            {"key": f"{decision}, {day(decision.dated_on)}", "value": decision.scope}
            for decision in decisions
        ],
        "obligations": [
            [
                {"text": f"Excess issuance {one.pk}", "url": one.get_absolute_url()},
                str(one.project),
                quantity(one.quantity) if one.quantity else "Not determined",
                quantity(one.remaining) if one.quantity else "–",
                {"tag": status_of(one)},
            ]
            for one in doe.excess_issuances.select_related("project")
        ],
    }


@login_required
@refusals_as_pages
def apply(request: HttpRequest, key: int) -> HttpResponse:
    """Apply for accreditation, for more scopes, or (with ?follows=) for a further term."""
    at = now()
    user, doe = signed_in(request), _entity_or_404(request, key, at)
    if not _sits_for(user, doe, at):
        permissions.require(user, "apply_for_accreditation", at=at)
        raise Http404("This is not your entity.")
    wanted = request.GET.get("follows", "")
    follows: EntityAccreditation | None = None
    if wanted:
        follows = (
            doe.entity_accreditations.filter(pk=int(wanted)).first()
            if wanted.isdecimal() and len(wanted) < 18
            else None
        )
        if follows is None:
            raise Http404("There is no such term of this entity.")
    form = ApplicationForm(posted(request), initial=_held_before(follows))
    return act_page(
        request,
        form=form,
        act=lambda given: acts.apply(
            doe=doe, asked=form.asked(), statement=given["statement"], follows=follows, by=user, at=at
        ),
        done=lambda term: "The application is with the secretariat.",
        onward=lambda term: term.get_absolute_url(),
        heading="Apply for re-accreditation" if follows else "Apply for accreditation",
        caption=doe.name,
        sentences=[
            f"If it is given, it takes the place of {follows}, which stands until then."
            if follows
            else "It stands beside what the entity holds already: choose only what is new."
        ],
        button="Send the application",
        law="3/CMP.1 annex, para 20 and Appendix A",
        back_url=reverse("cdm:own_entity"),
        back_label="My entity",
    )


def _held_before(follows: EntityAccreditation | None) -> dict[str, list[int]]:
    """A further term is most often asked for the same scopes."""
    if follows is None:
        return {}
    return {
        function: [row.sectoral_scope for row in follows.scopes.all() if row.function == function]
        for function in Accreditation.Function.values
    }


@login_required
@refusals_as_pages
def open_review(request: HttpRequest, key: int) -> HttpResponse:
    """Open the Board's review of a report of a suspended or withdrawn entity (para 22)."""
    at = now()
    user, doe = signed_in(request), _entity_or_404(request, key, at)
    permissions.require(user, "review_report_of_entity", at=at)
    reported = Project.objects.filter(state="registered", opinions__doe=doe).distinct()
    return act_page(
        request,
        form=ReviewForm(posted(request), projects=reported),
        act=lambda given: acts.open_review(doe=doe, **given, by=user, at=at),
        done=lambda made: f"The review is open: {made}.",
        onward=lambda made: made.get_absolute_url(),
        heading="Open a review of a report",
        caption=doe.name,
        sentences=[
            "The registration is not affected. The entity, the participants and their national authorities are told."
        ],
        button="Open the review",
        law="3/CMP.1 annex, paras 22-23",
        back_url=_url(doe),
        back_label=doe.name,
    )


def _url(doe: Organisation) -> str:
    return reverse("cdm:entity", args=[doe.pk])


def _sits_for(user: User | None, doe: Organisation, at: dt.datetime) -> bool:
    return permissions.seats_of(user, permissions.day_of(at)).filter(organisation=doe).exists()


def _oversees(user: User | None, at: dt.datetime) -> bool:
    return bool(
        permissions.roles_of(user, at) & {Role.SECRETARIAT, Role.BOARD_MEMBER, Role.REGISTRY_ADMINISTRATOR}
    )


def _entity_or_404(request: HttpRequest, key: int, at: dt.datetime) -> Organisation:
    """An entity of the public list; one that has only applied for those concerned."""
    doe = Organisation.objects.filter(pk=key, kind=Organisation.Kind.DOE).first()
    user = person(request)
    if doe is None or not (doe.accreditations.exists() or _sits_for(user, doe, at) or _oversees(user, at)):
        raise Http404("There is no such operational entity.")
    return doe
