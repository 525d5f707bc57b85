"""What the page of a request shows: its facts, checks, money, reviews, decisions, and what was issued."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import NoReverseMatch, reverse

from cdm import money, units
from cdm.forms.moves import SECTIONS
from cdm.models import BoardRequest, Invoice
from cdm.rules import parties, review, sets
from cdm.templatetags.cdm_format import day, quantity, tonnes, usd
from cdm.views.issuance import issued_rows, preview
from cdm.views.status import status_of

OUTCOMES = {
    "approve": "Approved",
    "reject": "Rejected",
    "approve_provisionally": "Provisionally approved, pending CMP 16",
    "ask_for_corrections": "Approved, with corrections",
    "instruct_issuance": "Approved, and the registry instructed to issue",
}


def facts_of(about: BoardRequest, at: dt.datetime) -> dict[str, Any]:
    """Everything below the heading of `cdm/request.html`."""
    issuances = units.issuances_of(about) if about.is_issuance else []
    return {
        "fact_rows": _fact_rows(about),
        "checks": _checks(about),
        "invoices": _invoices(about),
        "reviews": _reviews(about),
        "replies": _replies(about),
        "decisions": _decisions(about),
        "matters": [(one, status_of(one)) for one in about.matters.all()],
        "planned": preview(about, at) if about.is_issuance and about.state == "instructed" else [],
        "issued": issued_rows(issuances),
        "available": units.available(about) if issuances else None,
        "forwardings": list(about.forwarding_requests.prefetch_related("shares__account")),
        "opinions": _opinions(about),
    }


def rules_url(key: str) -> str:
    """The address of the page of a rule set."""
    for name, arguments in (("cdm:rule_set", [key]), ("cdm:rules", [])):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return "/rules/"


def _fact_rows(about: BoardRequest) -> list[dict[str, Any]]:
    period = about.monitoring_period
    rows: list[dict[str, Any]] = [
        {"key": "Project activity", "value": about.project, "url": about.project.get_absolute_url()},
        {"key": "Submitted by", "value": about.doe},
    ]
    if period is not None:
        rows.append(
            {
                "key": "Monitoring period",
                "value": f"{period}: {day(period.starts_on)} to {day(period.ends_on)}",
                "url": period.get_absolute_url(),
            }
        )
        rows.append({"key": "Requested", "value": tonnes(about.requested_t or period.certified_t)})
        rows += [
            {"key": "Change that goes with it", "value": one, "url": one.get_absolute_url()}
            for one in period.changes.filter(track="with_issuance").exclude(state="withdrawn")
        ]
    if about.change is not None:
        change = about.change
        what = "Renewal" if change.is_renewal else "Change"
        rows.append({"key": what, "value": change, "url": change.get_absolute_url()})
    if about.submitted_at:
        rows.append({"key": "Submitted", "value": day(about.submitted_at)})
    if about.rule_set_key:
        rules = sets.rule_set(about.rule_set_key)
        rows.append(
            {
                "key": "Judged by",
                "value": rules.title,
                "url": rules_url(rules.key),
                "hint": "The rules in force when it was submitted; they stay with it.",
            }
        )
    if about.published_on:
        rows.append({"key": "Published", "value": day(about.published_on)})
        rows.append(
            {"key": "Last day for requests for review", "value": f"{day(about.window_last_day)}, 24:00 GMT"}
        )
    if about.corrected_on:
        rows.append({"key": "Corrected documents submitted", "value": day(about.corrected_on)})
    if about.effective_on:
        rows.append(
            {
                "key": "Effective date of registration",
                "value": day(about.effective_on),
                "hint": f"Reference number {about.project.reference}" if about.project.reference else "",
            }
        )
    return rows


def _checks(about: BoardRequest) -> list[dict[str, Any]]:
    names = dict(SECTIONS)
    return [
        {
            "at": check.at,
            "sentence": f"{check.get_stage_display()}: {'passed' if check.passed else 'returned'}",
            "actor": check.by,
            "role": "secretariat",
            "note": "\n".join(
                [*(f"• {names.get(section, section)}" for section in check.sections), check.reasons]
            ).strip(),
        }
        for check in about.checks.select_related("by")
    ]


def _invoices(about: BoardRequest) -> list[dict[str, Any]]:
    found = []
    for invoice in about.invoices.select_related("refund").prefetch_related("payments__recorded_by"):
        payments = list(invoice.payments.all())
        paid = sum(payment.amount_usd for payment in payments)
        open_usd = invoice.due_usd - paid
        tone = "good" if open_usd == 0 else "waiting"
        label = (
            "Nothing due" if invoice.due_usd == 0 else "Paid" if open_usd == 0 else f"{usd(open_usd)} open"
        )
        found.append(
            {
                "title": f"{invoice.get_kind_display()}, {day(invoice.issued_on)}",
                "invoice": invoice,
                "status": {"label": label, "tone": tone},
                "payments": payments,
                "units": _units_line(invoice),
                "refund": getattr(invoice, "refund", None),
            }
        )
    return found


def _units_line(invoice: Invoice) -> str:
    """How many units are available where the administrative share is paid in part (EB 96)."""
    if (
        invoice.kind != Invoice.Kind.ADMINISTRATIVE_SHARE
        or not invoice.payments.all()
        or invoice.open_usd <= 0
    ):
        return ""
    paid = money.paid_towards(invoice)
    return (
        f"{usd(paid)} of {usd(invoice.tariff_usd)} is paid, so {quantity(money.units_paid_for(invoice))} of "
        f"{quantity(invoice.quantity_t)} units are available, those for adaptation first "
        "(CDM-EB96-A11-AMEN: in proportion, rounded down)."
    )


def _reviews(about: BoardRequest) -> list[dict[str, Any]]:
    words = {
        ground.code: ground.words
        for rules in sets.ALL
        for ground in review.grounds(rules, about.kind, rules.valid_from)
    }
    return [
        {
            "label": f"Party involved: {parties.party(asked.party).name}" if asked.party else "Board member",
            "author": asked.by,
            "at": asked.at,
            "text": "\n".join([*(f"• {words.get(code, code)}" for code in asked.grounds), "", asked.reasons]),
        }
        for asked in about.review_requests.select_related("by")
    ]


def _replies(about: BoardRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": reply.get_side_display(),
            "author": reply.by,
            "at": reply.at,
            "text": reply.text,
            "answer": True,
        }
        for reply in about.review_replies.select_related("by")
    ]


def _decisions(about: BoardRequest) -> list[dict[str, Any]]:
    return [
        {
            "at": decision.at,
            "sentence": OUTCOMES.get(decision.outcome, decision.outcome),
            "actor": decision.by,
            "role": "board_member" if decision.by else "clock",
            "note": decision.reasons,
        }
        for decision in about.decisions.select_related("by")
    ]


def _opinions(about: BoardRequest) -> list[dict[str, Any]]:
    """The opinion the request rests on: the validation's, or the certification of its period."""
    rows = about.project.opinions.filter(
        monitoring_period=about.monitoring_period, change=about.change
    ).select_related("given_by", "doe")
    if about.is_registration:
        rows = rows.filter(round=about.project.round)
    return [
        {
            "label": "Certification" if about.is_issuance else "Validation opinion",
            "author": opinion.given_by,
            "organisation": opinion.doe,
            "at": opinion.given_at,
            "text": opinion.text,
        }
        for opinion in rows[:1]
    ]
