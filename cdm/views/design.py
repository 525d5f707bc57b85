"""Filing the project design document: the list of sections, a page for each, and the check before submission."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cdm import design_document, permissions
from cdm.design_document import FORM, FormSection
from cdm.forms.design_sections import Filling, filling_of, with_one_row_more, years_of, years_typed
from cdm.forms.projects import AttachForm, show
from cdm.models import Project
from cdm.rules import design_document as contents
from cdm.rules import estimates, methodologies
from cdm.views.access import now, person, project_or_404, refusals_as_pages
from cdm.views.design_reading import sections_of
from cdm.views.project_acts import kinds_for
from cdm.workflow import engine
from cdm.workflow.refusals import NotOpen, Stale, Unmet
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem

SUBMITTED = "The design document is submitted and can no longer be changed. Take it back to draft first."


@login_required
@refusals_as_pages
def sections(request: HttpRequest, key: int) -> HttpResponse:
    """The sections of the draft, each completed or not yet."""
    project = _draft(request, key)
    problems = _problems(project)
    rows = [
        {
            "title": section.title,
            "url": _url(project, section.key),
            "complete": design_document.is_done(section, problems),
            "hint": "",
            "status": _optional(project) if section.key == "documents" else None,
        }
        for section in FORM
    ]
    facts, texts = rows[: len(design_document.STRUCTURED)], rows[len(design_document.STRUCTURED) : -1]
    return render(
        request,
        "cdm/design/sections.html",
        {
            "project": project,
            "facts_rows": facts,
            "text_rows": texts,
            "document_rows": rows[-1:],
            "done": sum(bool(row["complete"]) for row in rows[:-1]),
            "of": len(rows) - 1,
            "breadcrumbs": _breadcrumbs(project, "Design document"),
        },
    )


@login_required
@refusals_as_pages
def section(request: HttpRequest, key: int, name: str) -> HttpResponse:
    """One section: saved as draft even when incomplete; 422 with sentences, 409 with what was typed."""
    project = _draft(request, key)
    found = _section(name)
    if name == "documents":
        return _documents(request, project, found)
    at = now()
    day = permissions.day_of(at)
    filling = filling_of(name, project, day, request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.POST.get("add_row"):
        return _page(request, project, found, with_one_row_more(filling, request.POST))
    if request.method != "POST":
        return _page(request, project, found, filling)
    if filling.is_valid():
        who = {"by": person(request), "at": at, "expected_version": _version(request)}
        try:
            filling.save(who)
        except Stale as refusal:
            return _stale(request, project, found, filling, refusal)
        except Unmet as refusal:
            filling.show(refusal.problems)
        else:
            return _onward(request, project, found)
    return _page(request, project, found, filling, status=422)


@login_required
@refusals_as_pages
def check(request: HttpRequest, key: int) -> HttpResponse:
    """Everything as it will be read, and every unmet requirement; POST submits the document."""
    project = _draft(request, key)
    at = now()
    problems, status = _problems(project), 200
    if request.method == "POST":
        try:
            record = engine.perform(
                project, "submit", by=person(request), at=at, expected_version=_version(request)
            )
        except Unmet as refusal:
            problems, status = list(refusal.problems), 422
        except Stale as refusal:
            url = reverse("cdm:design_check", args=[project.pk])
            context = {"sentence": refusal.sentence, "onward_url": url, "onward_text": "Check it again"}
            return render(request, "409.html", context, status=409)
        else:
            messages.success(request, f"{record.sentence}. Each Party involved was asked for its letter.")
            return redirect(project)
    return render(
        request,
        "cdm/design/check.html",
        {
            "project": project,
            "problems": [(problem.sentence, _link(project, problem)) for problem in problems],
            "problems_title": "Before you can submit",
            "sections": [{"section": one, "url": _url(project, one.key)} for one in sections_of(project)],
            "documents": _papers(project),
            "breadcrumbs": _breadcrumbs(project, "Check and submit", is_deep=True),
        },
        status=status,
    )


@login_required
@require_POST
@refusals_as_pages
def totals(request: HttpRequest, key: int) -> HttpResponse:
    """The sums of what stands in the table of estimates now; htmx asks while one types."""
    project = _draft(request, key)
    filling = filling_of("estimates", project, permissions.day_of(now()), request.POST)
    filling.is_valid()
    return render(request, "cdm/design/totals.html", {"project": project, "is_live": True, **_sums(filling)})


def _draft(request: HttpRequest, key: int) -> Project:
    """The project, where the person takes part in it and it is still a draft."""
    at = now()
    project = project_or_404(request, key, at)
    permissions.require(person(request), "edit_design_document", at=at, subject=project)
    if project.state != "draft":
        raise NotOpen(SUBMITTED)
    return project


def _section(name: str) -> FormSection:
    found = next((one for one in FORM if one.key == name), None)
    if found is None:
        raise Http404("There is no such section.")
    return found


def _page(
    request: HttpRequest, project: Project, found: FormSection, filling: Filling, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "project": project,
        "section": found,
        "filling": filling,
        "form": filling.form,
        "forms": list(filling.rows.values()),
        "rows": filling.rows,
        "version": _version(request) if request.method == "POST" else project.version,
        "content": contents.section(found.letters[0]) if found.letters else None,
        "list_url": reverse("cdm:design", args=[project.pk]),
        "breadcrumbs": _breadcrumbs(project, found.title, is_deep=True),
    }
    if request.GET.get("check") and status == 200:
        context["problems_title"] = "Still needed before you can submit"
        context["problems"] = [
            (problem.sentence, filling.link_to(problem.field.partition("#")[2]))
            for problem in _problems(project)
            if problem.field.partition("#")[0] == found.key
        ]
    if found.key == "methodology":
        context["methodologies"] = methodologies.ALL
    if found.key == "estimates":
        context.update(_sums(filling), years=years_of(project))
    template = TEMPLATES.get(
        found.key, "cdm/design/narrative.html" if found.letters else "cdm/design/facts.html"
    )
    return render(request, template, context, status=status)


TEMPLATES = {
    "parties": "cdm/design/parties.html",
    "sites": "cdm/design/sites.html",
    "methodology": "cdm/design/methodology.html",
    "estimates": "cdm/design/estimates.html",
    "crediting": "cdm/design/facts.html",
    "funding": "cdm/design/facts.html",
}


def _sums(filling: Filling) -> dict[str, Any]:
    """Sums by column, the total and the yearly average, of the rows that are filled and in order."""
    rows = filling.rows["estimates"]
    if rows.is_bound:
        years = years_typed_so_far(filling)
    else:
        years = [
            (row.initial["baseline_t"], row.initial["project_t"] or 0, row.initial["leakage_t"] or 0)
            for row in rows.forms
            if row.initial.get("baseline_t") is not None
        ]
    reductions = [baseline - own - leakage for baseline, own, leakage in years]
    counted = estimates.totals(
        [max(one, 0) for one in reductions], months=max(filling.project.crediting_months, 1)
    )
    return {
        "estimate_rows": rows,
        "filled_years": len(years),
        "sums": [sum(column) for column in zip(*years, strict=True)] if years else [0, 0, 0],
        "total_t": counted.total_t,
        "average_annual_t": counted.average_annual_t,
        "has_negative_year": any(one < 0 for one in reductions),
    }


def years_typed_so_far(filling: Filling) -> list[tuple[int, int, int]]:
    """The rows without errors that have a baseline, as baseline, project emissions and leakage."""
    return [
        (year.baseline_t, year.project_t, year.leakage_t) for year in years_typed(filling.rows["estimates"])
    ]


def _documents(request: HttpRequest, project: Project, found: FormSection) -> HttpResponse:
    """The papers of the draft, and the form to attach one more."""
    from cdm.acts import papers

    at = now()
    kinds = kinds_for(frozenset({Role.PARTICIPANT}), project.state)
    form = AttachForm(request.POST or None, request.FILES or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        try:
            version = papers.attach(project, **form.cleaned_data, by=person(request), at=at)
        except Unmet as refusal:
            show(form, refusal.problems)
        else:
            messages.success(request, f"{version.document} is attached, version {version.number}.")
            return redirect(_url(project, "documents"))
    return render(
        request,
        "cdm/design/documents.html",
        {
            "project": project,
            "section": found,
            "documents": _papers(project),
            "form": form,
            "list_url": reverse("cdm:design", args=[project.pk]),
            "breadcrumbs": _breadcrumbs(project, found.title, is_deep=True),
        },
        status=422 if request.method == "POST" else 200,
    )


def _papers(project: Project) -> list[dict[str, Any]]:
    """What is attached to the draft, for `parts/document_list.html`."""
    return [
        {
            "title": paper.title,
            "kind_label": paper.get_kind_display(),
            "confidential_because": paper.confidential_because,
            "latest": versions[0] if versions else None,
            "earlier": versions[1:],
        }
        for paper in project.documents.prefetch_related("versions__uploaded_by")
        for versions in [sorted(paper.versions.all(), key=lambda one: -one.number)]
    ]


def _onward(request: HttpRequest, project: Project, found: FormSection) -> HttpResponse:
    messages.success(request, f"Saved: {found.title}.")
    if request.POST.get("to_list"):
        return redirect("cdm:design", project.pk)
    following = FORM[FORM.index(found) + 1]
    return redirect(_url(project, following.key))


def _stale(
    request: HttpRequest, project: Project, found: FormSection, filling: Filling, refusal: Stale
) -> HttpResponse:
    """Somebody saved meanwhile: nothing is overwritten, and what was typed stands on the page to copy."""
    return render(
        request,
        "cdm/design/stale.html",
        {
            "project": project,
            "section": found,
            "sentence": refusal.sentence,
            "typed": filling.typed(),
            "onward_url": _url(project, found.key),
        },
        status=409,
    )


NEVER = -1


def _version(request: HttpRequest) -> int:
    sent = request.POST.get("expected_version", "")
    # a form that does not say what it was drawn from may be older than anything: it is stale
    return int(sent) if sent.isdecimal() and len(sent) < 10 else NEVER


def _problems(project: Project) -> list[Problem]:
    return list(design_document.unmet(project, permissions.day_of(now())))


def _link(project: Project, problem: Problem) -> str:
    """The page of the section an unmet requirement belongs to; it opens with its requirements on top."""
    name = problem.field.partition("#")[0]
    return f"{_url(project, name)}?check=yes" if name else ""


def _url(project: Project, name: str) -> str:
    return reverse("cdm:design_section", args=[project.pk, name])


def _optional(project: Project) -> dict[str, str] | None:
    count = project.documents.count()
    label = f"{count} attached" if count else "Optional"
    return {"label": label, "tone": "neutral"}


def _breadcrumbs(project: Project, name: str, *, is_deep: bool = False) -> list[tuple[str, str]]:
    middle = [("Design document", reverse("cdm:design", args=[project.pk]))] if is_deep else []
    first = [("Projects", reverse("cdm:projects")), (project.title, project.get_absolute_url())]
    return [*first, *middle, (name, "")]
