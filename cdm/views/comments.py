"""Comments of the public: made, confirmed, read by round, answered by the DOE, looked at when held."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cdm import permissions, queries
from cdm.acts import comments as acts
from cdm.forms.comments import AnswerForm, CommentForm, JudgeForm
from cdm.forms.projects import show
from cdm.models import Comment
from cdm.rules.days import in_words
from cdm.views.access import now, person, refusals_as_pages
from cdm.views.project_page import ProjectPage, load
from cdm.workflow.refusals import NotOpen, Unmet

# comments one address may send within the hour
MOST_AN_HOUR = 20
AN_HOUR = 3600
ANSWERING = ("open_for_comments", "in_validation")


@refusals_as_pages
def project(request: HttpRequest, key: int) -> HttpResponse:
    """The comments of a project by round, and while the period is open the form for one more."""
    page = load(request, key, "comments")
    form = CommentForm(request.POST or None) if is_open(page) else None
    if request.method == "POST":
        if form is None:
            raise NotOpen(_closed_sentence(page))
        if is_too_often(request):
            sentence = (
                "Many comments came from your address within the hour. Nothing was saved. Try again later."
            )
            return render(request, "429.html", {"sentence": sentence}, status=429)
        if form.is_valid():
            given = dict(form.cleaned_data)
            is_trap_filled = bool(given.pop("website"))
            try:
                comment = acts.make(page.project, **given, at=page.at, is_trap_filled=is_trap_filled)
            except Unmet as refusal:
                show(form, refusal.problems)
            else:
                context = page.context(comment=comment, confirm_url=_link_shown(comment))
                return render(request, "cdm/comments/sent.html", context, status=201)
    return render(
        request,
        "cdm/comments/project.html",
        _context(page, form),
        status=422 if request.method == "POST" else 200,
    )


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the comment and a button, so that a mail scanner confirms nothing; POST confirms."""
    at = now()
    try:
        comment = acts.confirm(token, at=at) if request.method == "POST" else acts.of_token(token)
    except NotOpen as refusal:
        return render(request, "404.html", {"sentence": refusal.sentence}, status=404)
    return render(
        request,
        "cdm/comments/confirm.html",
        {
            "comment": comment,
            "project": comment.project,
            "is_waiting": comment.standing == Comment.Standing.UNCONFIRMED,
        },
    )


@login_required
@require_POST
@refusals_as_pages
def answer(request: HttpRequest, key: int) -> HttpResponse:
    """The DOE's answer to one comment."""
    comment = Comment.objects.filter(pk=key, standing=Comment.Standing.PUBLISHED).first()
    if comment is None:
        raise Http404("There is no such comment.")
    page = load(request, comment.project_id, "comments")
    form = AnswerForm(request.POST, prefix=f"answer-{comment.pk}")
    if form.is_valid():
        try:
            acts.answer(comment, text=form.cleaned_data["text"], by=page.user, at=page.at)
        except Unmet as refusal:
            show(form, refusal.problems)
        else:
            messages.success(request, f"The comment of {comment.name} is answered.")
            return redirect(f"{reverse('cdm:comments', args=[page.project.pk])}#comment-{comment.pk}")
    own = CommentForm() if is_open(page) else None
    return render(
        request, "cdm/comments/project.html", _context(page, own, answering={comment.pk: form}), status=422
    )


@login_required
@refusals_as_pages
def held(request: HttpRequest) -> HttpResponse:
    """The comments held as possible spam, for the secretariat."""
    at = now()
    permissions.require(person(request), "release_comment", at=at)
    return _held_page(request, {})


@login_required
@require_POST
@refusals_as_pages
def judge(request: HttpRequest, key: int) -> HttpResponse:
    """Publish a held comment, or refuse it as spam."""
    at = now()
    user = person(request)
    permissions.require(user, "release_comment", at=at)
    comment = Comment.objects.select_related("project").filter(pk=key).first()
    if comment is None or not queries.may_see(user, comment.project, at):
        raise Http404("There is no such comment.")
    form = JudgeForm(request.POST, prefix=f"judge-{comment.pk}")
    if form.is_valid():
        is_spam = form.cleaned_data["verdict"] == "refuse"
        try:
            acts.judge(comment, is_spam=is_spam, reason=form.cleaned_data["reason"], by=user, at=at)
        except Unmet as refusal:
            show(form, refusal.problems)
        else:
            done = "refused as spam" if is_spam else "published"
            messages.success(request, f"The comment of {comment.name} is {done}.")
            return redirect("cdm:held_comments")
    return _held_page(request, {comment.pk: form}, status=422)


def is_open(page: ProjectPage) -> bool:
    """Whether anyone may comment today: the last day counts."""
    closes = page.project.comments_close_on
    return page.project.state == "open_for_comments" and (closes is None or page.today <= closes)


def is_too_often(request: HttpRequest) -> bool:
    """Counts the comments of one address within the hour; True above the number allowed."""
    key = f"comments:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key) > MOST_AN_HOUR
    except ValueError:  # it expired between the two
        return False


def _link_shown(comment: Comment) -> str:
    """The confirmation link, where letters are only put into the folder of a demonstration."""
    if not settings.DEMONSTRATION or settings.EMAIL_BACKEND != "cdm.mail_folder.EmailBackend":
        return ""
    return reverse("cdm:comment_confirm", args=[acts.token(comment)])


def _closed_sentence(page: ProjectPage) -> str:
    closes = page.project.comments_close_on
    last = f" Its last day was {in_words(closes)} (GMT)." if closes else ""
    return f"The comment period is not open.{last}"


def _context(
    page: ProjectPage, form: CommentForm | None, answering: dict[int, AnswerForm] | None = None
) -> dict[str, Any]:
    may_answer = page.may("answer_comment") and page.project.state in ANSWERING
    rounds: dict[int, list[dict[str, Any]]] = {}
    for comment in queries.public_comments(page.project):
        shown = (answering or {}).get(comment.pk)
        if shown is None and may_answer and comment.round == page.project.round:
            shown = AnswerForm(prefix=f"answer-{comment.pk}", initial={"text": comment.answer})
        rounds.setdefault(comment.round, []).append({"comment": comment, "form": shown})
    bound = [one for one in (answering or {}).values()]
    return page.context(
        form=form,
        forms=bound,
        rounds=sorted(rounds.items(), reverse=True),
        is_open=is_open(page),
    )


def _held_page(request: HttpRequest, forms: dict[int, JudgeForm], status: int = 200) -> HttpResponse:
    seen = queries.visible_projects(person(request), now()).order_by().values("pk")
    waiting = (
        Comment.objects.filter(standing=Comment.Standing.HELD, project__in=seen)
        .select_related("project")
        .order_by("confirmed_at", "id")
    )
    rows = [
        {"comment": one, "form": forms.get(one.pk) or JudgeForm(prefix=f"judge-{one.pk}")} for one in waiting
    ]
    return render(
        request, "cdm/comments/held.html", {"rows": rows, "forms": list(forms.values())}, status=status
    )
