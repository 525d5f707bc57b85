"""Modalities of communication: the statement, its signatures, and the page on which a text is signed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cdm import modalities as speaking
from cdm import permissions
from cdm.acts import focal_points, signing
from cdm.acts import modalities as acts
from cdm.forms.modalities import LeaveOfficeForm, ModalitiesForm, SignForm
from cdm.models import ModalitiesStatement, Organisation, Signed, User
from cdm.rules import modalities, parties
from cdm.templatetags.cdm_format import day, instant
from cdm.views.access import now, person, project_or_404, refusals_as_pages, signed_in, subject_or_404
from cdm.views.acts import act_page, posted
from cdm.views.subjects import button, frame

LAW = "Rulebook 2.4: F-CDM-MOC (EB 45 annex 59), CDM-MOC-FORM (EB 65)"
SIGNATURE_COLUMNS = [{"label": "Signed for"}, {"label": "By"}, {"label": "When"}, {"label": "Text"}]
SCOPE_COLUMNS = [{"label": "Scope of authority"}, {"label": "Held"}, {"label": "Focal points"}]
SIGNED_MACHINES = (
    "modalities_statement", "participant_change", "forwarding_request", "risk_acknowledgement", "transition",
)  # fmt: skip


def page(request: HttpRequest, key: int) -> HttpResponse:
    """One statement: its scopes, whom it speaks for, and who signed it."""
    at = now()
    statement: ModalitiesStatement = subject_or_404(request, "modalities_statement", key, at)
    offers = sign_offers(statement, person(request), at)
    held = permissions.roles_on(person(request), statement, at)
    if statement.state == "being_signed" and held & set(permissions.ACTS["state_modalities"]):
        offers.append(
            button(
                "Change the statement",
                "change_modalities",
                statement.pk,
                sentence="The signatures given so far are void then.",
            )
        )
    if statement.state == "in_force" and offices_of(statement, person(request), at):
        offers.append(button("Withdraw as focal point", "leave_office", statement.pk))
    context = {
        **frame(request, statement, at, acts=offers),
        "fact_rows": [
            {"key": "Form", "value": statement.form},
            {
                "key": "In force from",
                "value": instant(statement.in_force_from) if statement.in_force_from else "Not in force yet",
            },
            *text_rows(statement),
        ],
        "scope_columns": SCOPE_COLUMNS,
        "scope_rows": scope_rows(statement),
        "participant_rows": [
            [row["name"], _party(row["party"])] for row in statement.content.get("participants", [])
        ],
        "participant_columns": [{"label": "Participant"}, {"label": "Authorised by"}],
        **signature_context(statement),
    }
    return render(request, "cdm/modalities/statement.html", context)


@login_required
@refusals_as_pages
def leave(request: HttpRequest, key: int) -> HttpResponse:
    """A focal point withdraws from its office."""
    at = now()
    statement: ModalitiesStatement = subject_or_404(request, "modalities_statement", key, at)
    user = signed_in(request)
    permissions.require(user, "withdraw_as_focal_point", at=at, subject=statement)
    form = LeaveOfficeForm(posted(request), bodies=offices_of(statement, user, at))
    return act_page(
        request,
        form=form,
        act=lambda given: focal_points.withdraw(statement, **given, by=user, at=at),
        done=lambda made: f"{made.organisation} is no focal point any more.",
        onward=lambda _: statement.get_absolute_url(),
        heading="Withdraw as focal point",
        caption=f"{statement}: {statement.project}",
        sentences=[
            "The focal points that are left hold the scopes. A scope of which none is left is for the "
            "participants themselves, until a new statement of modalities is in force."
        ],
        warning="This cannot be taken back; only a new statement makes a focal point.",
        button="Withdraw",
        law="F-CDM-MOC, annex 3 (rulebook 2.4)",
        back_url=statement.get_absolute_url(),
        back_label=str(statement),
    )


def offices_of(statement: ModalitiesStatement, user: User | None, at: Any) -> list[Organisation]:
    """The person's organisations that are focal points of the statement and in office."""
    mine = set(permissions.seats_of(user, permissions.day_of(at)).values_list("organisation_id", flat=True))
    return [body for body in statement.focal_points() if body.pk in mine]


@login_required
@refusals_as_pages
def state(request: HttpRequest, key: int) -> HttpResponse:
    """State the modalities of communication anew."""
    at = now()
    project = project_or_404(request, key, at)
    user = signed_in(request)
    permissions.require(user, "state_modalities", at=at, subject=project)
    today = permissions.day_of(at)
    form = ModalitiesForm(posted(request), project=project, day=today, statement=speaking.in_force(project))
    return act_page(
        request,
        form=form,
        act=lambda given: acts.state(project, scopes=form.scopes(), by=user, at=at),
        done=_said,
        onward=lambda made: made.get_absolute_url(),
        heading="State the modalities of communication",
        caption=str(project),
        sentences=[
            "Say who speaks for the participants. All participants sign the statement, and the focal points that are "
            "no participants; it comes into force with the last signature. From then on only the signatures it names "
            "count.",
            f"Form in use: {modalities.form_on(today).name}.",
        ],
        button="Put forward and sign",
        law=LAW,
        back_url=project.get_absolute_url(),
        back_label=str(project),
    )


@login_required
@refusals_as_pages
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Change a statement that is being signed."""
    at = now()
    statement: ModalitiesStatement = subject_or_404(request, "modalities_statement", key, at)
    user = signed_in(request)
    permissions.require(user, "state_modalities", at=at, subject=statement)
    form = ModalitiesForm(
        posted(request),
        project=statement.project,
        day=permissions.day_of(at),
        statement=statement,
        asks_reason=True,
    )
    return act_page(
        request,
        form=form,
        act=lambda given: acts.change(
            statement, scopes=form.scopes(), reason=given["reason"], by=user, at=at
        ),
        done=_said,
        onward=lambda made: made.get_absolute_url(),
        heading="Change the statement of modalities",
        caption=str(statement.project),
        warning="The signatures given to the earlier text are void; all sign the new one.",
        button="Change and sign",
        law=LAW,
        back_url=statement.get_absolute_url(),
        back_label=str(statement),
    )


@login_required
@refusals_as_pages
def sign(request: HttpRequest, machine: str, key: int) -> HttpResponse:
    """The text, whole, and the button that signs it: what was on the page is what is signed."""
    at = now()
    if machine not in SIGNED_MACHINES:
        raise Http404("There is no such page.")
    text: Signed = subject_or_404(request, machine, key, at)
    user = signed_in(request)
    permissions.require(user, "sign", at=at, subject=text)
    form = SignForm(posted(request), initial={"content_sha256": text.content_sha256})
    mine = bodies_to_sign(text, user, at)

    def shown_again(given: dict[str, Any]) -> Any:
        return signing.sign(text, content_sha256=given["content_sha256"], by=user, at=at)

    return act_page(
        request,
        form=form,
        act=shown_again,
        done=lambda signature: f"Signed for {signature.organisation}.",
        onward=lambda _: text.get_absolute_url(),
        heading=f"Sign: {text}",
        caption=str(text.whole_project),
        sentences=[f"You sign for {mine[0]}." if mine else "Nothing is left for you to sign here."],
        facts=[*said(text.content), *text_rows(text)],
        button="Sign this text",
        law=text.law_of(text.machine.rows(text.signed_move)[0]) or LAW,
        template="cdm/act.html" if mine or request.method == "POST" else "cdm/act_closed.html",
        back_url=text.get_absolute_url(),
        back_label=str(text),
    )


def bodies_to_sign(text: Signed, user: User | None, at: Any) -> list[Organisation]:
    """The person's organisations whose signature the text waits for."""
    seats = permissions.seats_of(user, permissions.day_of(at)).values_list("organisation_id", flat=True)
    mine = set(seats)
    return [body for body in text.still_to_sign() if body.pk in mine]


def sign_offers(text: Signed, user: User | None, at: Any) -> list[dict[str, Any]]:
    """The button that leads to the page where it is signed, for those who have not signed yet."""
    mine = bodies_to_sign(text, user, at)
    if not mine:
        return []
    return [button(f"Read and sign for {mine[0]}", "sign", text.machine.name, text.pk)]


def text_rows(text: Signed) -> list[dict[str, Any]]:
    """Which text it is: its number and fingerprint."""
    return [
        {
            "key": "Text",
            "value": f"No. {text.content_number}",
            "hint": f"SHA-256 {text.content_sha256}" if text.content_sha256 else "",
        }
    ]


def scope_rows(statement: ModalitiesStatement) -> list[list[str]]:
    """One row a scope, in the words of the form."""
    gone = {row.organisation_id: day(row.at) for row in statement.withdrawals_of_focal_points.all()}
    return [
        [
            modalities.SCOPES[row.scope],
            modalities.HELD[row.held],
            ", ".join(
                f"{body} (withdrew on {gone[body.pk]})" if body.pk in gone else str(body)
                for body in row.focal_points.all()
            ),
        ]
        for row in statement.scopes.prefetch_related("focal_points")
    ]


def signature_context(text: Signed) -> dict[str, Any]:
    """Whose signatures are needed, and those given, void ones included."""
    return {
        "needed": [
            {
                "key": needed.why,
                "value": ", ".join(str(body) for body in needed.organisations),
                "hint": "Any one of them signs." if needed.any_one else "Each of them signs the same text.",
            }
            for needed in text.needed()
        ],
        "signature_columns": SIGNATURE_COLUMNS,
        "signature_rows": [
            [
                str(row.organisation),
                str(row.by),
                instant(row.at),
                {
                    "text": f"No. {row.content_number}",
                    "hint": f"Void: {row.void_because}" if row.voided_at else "",
                },
            ]
            for row in text.signatures
        ],
    }


def said(content: dict[str, Any]) -> list[dict[str, Any]]:
    """A signed text for a reader, as rows of a summary list."""
    rows: list[dict[str, Any]] = []
    for name, value in content.items():
        label = name.replace("_", " ").capitalize().replace("party", "Party")
        if name == "scopes":
            rows += [
                {
                    "key": modalities.SCOPES[scope].partition(":")[0],
                    "value": f"{rule['held'].capitalize()}: "
                    + ", ".join(b["name"] for b in rule["focal_points"]),
                }
                for scope, rule in value.items()
            ]
        elif name == "shares":
            rows += [
                {
                    "key": f"To account {share['account']}",
                    "value": f"{int(share['quantity']):,} units of commitment period {share['commitment_period']}",
                }
                for share in value
            ]
        elif name == "participants":
            rows.append(
                {"key": label, "value": "\n".join(f"{b['name']} ({_party(b['party'])})" for b in value)}
            )
        elif name == "party" and value:
            rows.append({"key": "Authorised by", "value": _party(value)})
        elif name == "kind":
            rows.append({"key": "Change", "value": dict(_kinds())[value]})
        elif isinstance(value, dict):
            rows.append({"key": label, "value": value["name"]})
        elif isinstance(value, bool):
            rows += [{"key": label, "value": "Yes"}] if value else []
        elif name not in ("project", "request") and value:
            rows.append({"key": label, "value": value})
    return rows


def _party(code: str) -> str:
    return parties.party(code).name if code else "–"


def _kinds() -> list[tuple[str, str]]:
    from cdm.models import ParticipantChange

    return list(ParticipantChange.Kind.choices)


def _said(statement: ModalitiesStatement) -> str:
    if statement.state == "in_force":
        return "Signed by all: the statement is in force."
    names = ", ".join(str(body) for body in statement.still_to_sign())
    return f"Put forward for signature. Still to sign: {names}."
