"""Which parameters a rule set may have: name, kind of value, unit, and whether every set must have it.

A key that is not listed here is a mistake in a file; a key that is listed here may be used in code.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLES = (
    "participant",
    "designated_national_authority",
    "designated_operational_entity",
    "secretariat",
    "board_member",
    "registry_administrator",
    "public",
)
"""Roles whose display name a rule set of another mechanism may give in its [names] table."""

CHOICES: dict[str, tuple[str, ...]] = {
    "registration.receipt_event": ("fee_received", "publication"),
    "registration.effective_date": ("finality", "submission"),
    "registration.effective_date_after_corrections": ("submission_of_revised_documents", "submission"),
    "review.end_rule": ("second_meeting", "silence_then_meeting"),
    "review.grounds_registration": ("validation_requirements",),
    "review.grounds_issuance": ("conduct_of_the_entity", "verification_requirements"),
    "small_scale.type_iii_measure": ("direct_emissions", "reductions"),
    "share.adaptation_rounding": ("nearest_half_to_participants",),
    "share.adaptation_position": ("lowest_serials",),
    "fee.administrative_year": ("year_of_request",),
    "fee.registration_method": ("steps", "administrative"),
    "warming_potentials.set": ("by_date_of_reduction",),
    "later_reductions.mode": ("open", "provisional", "closed"),
}
"""Parameters of kind "choice" and the words the code understands."""

WINDOW_NAMES = (
    "global_stakeholder_comments",
    "registration.completeness",
    "registration.information",
    "registration.minor_correction",
    "registration.summary_note",
    "registration.request_for_review",
    "issuance.completeness",
    "issuance.information",
    "issuance.request_for_review",
    "issuance.review",
    "renewal.completeness",
    "renewal.information",
    "renewal.request_for_review",
    "renewal.latest_after_expiry",
    "post_registration_change.completeness",
    "post_registration_change.information",
    "post_registration_change.request_for_review",
    "review.reply",
    "review.secretariat_assessment",
    "review.expert_assessment",
    "review.objection",
    "review.agenda_cut_off",
    "review.ruling_note",
    "review.information",
    "review.corrections",
    "board.electronic_decision",
    "prior_consideration.notice",
    "prior_consideration.status",
    "accreditation.term",
    "accreditation.hearing",
    "excess_issuance.replacement",
    "resubmission.grace",
    "methodology.decision",
    "methodology.proof_of_payment",
    "methodology.payment",
    "removals.verification_interval",
    "removals.replacement",
)

WINDOW_VARIANTS = ("large", "small", "programme", "afforestation_large", "carbon_capture")


@dataclass(frozen=True)
class Spec:
    """What a parameter must look like. `kind` is one of KINDS; `required`: in every set, every day."""

    kind: str
    unit: str
    required: bool = False


KINDS = ("integer", "decimal", "yes_no", "date", "choice", "text", "fraction", "window", "steps", "bands")

_YES_NO = "yes or no"
_YEARS = "years"
_OF_UNITS = "per cent of the units issued"
_OF_REDUCTIONS = "per cent of the reductions, by t CO2e in a year"
_BEFORE_END = "days before the end of the crediting period"

PARAMETERS: dict[str, Spec] = {
    "calendar.closes_at_hour": Spec("integer", "hour of the last day, GMT", required=True),
    "registration.receipt_event": Spec("choice", "event", required=True),
    "registration.effective_date": Spec("choice", "event", required=True),
    "registration.effective_date_after_corrections": Spec("choice", "event"),
    "review.min_members": Spec("integer", "Board members", required=True),
    "review.parties_suffice": Spec("integer", "Parties involved", required=True),
    "review.end_rule": Spec("choice", "rule", required=True),
    "review.grounds_registration": Spec("choice", "list of grounds", required=True),
    "review.grounds_issuance": Spec("choice", "list of grounds", required=True),
    "crediting.renewable_years": Spec("integer", _YEARS, required=True),
    "crediting.renewals": Spec("integer", "times", required=True),
    "crediting.fixed_years": Spec("integer", _YEARS, required=True),
    "crediting.afforestation_renewable_years": Spec("integer", _YEARS, required=True),
    "crediting.afforestation_fixed_years": Spec("integer", _YEARS, required=True),
    "crediting.programme_years": Spec("integer", _YEARS),
    "crediting.programme_afforestation_years": Spec("integer", _YEARS),
    "crediting.earliest_on": Spec("date", "date", required=True),
    "early_start.started_from": Spec("date", "date"),
    "early_start.submitted_before": Spec("date", "date"),
    "early_start.prepared_until": Spec("date", "date"),
    "early_start.prepared_started_before": Spec("date", "date"),
    "early_start.registered_until": Spec("date", "date"),
    "renewal.notice_from_days_before": Spec("integer", _BEFORE_END),
    "renewal.notice_until_days_before": Spec("integer", _BEFORE_END),
    "renewal.late_days_are_lost": Spec("yes_no", _YES_NO),
    "post_registration_change.start_notified_years": Spec("integer", _YEARS),
    "post_registration_change.start_confirmed_years": Spec("integer", _YEARS),
    "post_registration_change.with_issuance": Spec("text", "kinds of change"),
    "small_scale.type_i_mw": Spec("decimal", "MW of maximum output", required=True),
    "small_scale.type_i_thermal_mw": Spec("decimal", "MW of thermal output"),
    "small_scale.type_ii_gwh": Spec("decimal", "GWh saved in a year", required=True),
    "small_scale.type_ii_thermal_gwh": Spec("decimal", "GWh of heat saved in a year"),
    "small_scale.type_iii_kt": Spec("decimal", "kt CO2e in a year", required=True),
    "small_scale.type_iii_measure": Spec("choice", "what is measured", required=True),
    "small_scale.afforestation_kt": Spec("decimal", "kt CO2e in a year", required=True),
    "small_scale.same_entity_allowed": Spec("yes_no", _YES_NO, required=True),
    "small_scale.cap_at_estimate": Spec("yes_no", _YES_NO),
    "small_scale.debundling_years": Spec("integer", _YEARS),
    "small_scale.debundling_km": Spec("decimal", "km"),
    "micro_scale.mw": Spec("decimal", "MW of maximum output"),
    "micro_scale.gwh": Spec("decimal", "GWh saved in a year"),
    "micro_scale.kt": Spec("decimal", "kt CO2e in a year"),
    "materiality.large": Spec("bands", _OF_REDUCTIONS),
    "materiality.small": Spec("bands", _OF_REDUCTIONS),
    "materiality.micro": Spec("bands", _OF_REDUCTIONS),
    "verification.visit_every_months": Spec("integer", "months"),
    "verification.visit_over_t": Spec("integer", "t CO2e since the last visit"),
    "monitoring.first_report_consultation": Spec("yes_no", _YES_NO),
    "share.adaptation_percent": Spec("decimal", _OF_UNITS, required=True),
    "share.adaptation_rounding": Spec("choice", "rule", required=True),
    "share.adaptation_position": Spec("choice", "rule", required=True),
    "share.adaptation_least_developed_exempt": Spec("yes_no", _YES_NO, required=True),
    "share.adaptation_small_afforestation_exempt": Spec("yes_no", _YES_NO, required=True),
    "share.mitigation_percent": Spec("decimal", _OF_UNITS, required=True),
    "fee.administrative": Spec("bands", "USD per t CO2e", required=True),
    "fee.administrative_year": Spec("choice", "rule", required=True),
    "fee.registration_method": Spec("choice", "rule", required=True),
    "fee.registration_steps": Spec("steps", "USD by average t CO2e in a year"),
    "fee.registration_cap_usd": Spec("decimal", "USD"),
    "fee.registration_free_below_t": Spec("integer", "average t CO2e in a year", required=True),
    "fee.least_developed_exempt": Spec("yes_no", _YES_NO, required=True),
    "fee.deferred_below_projects": Spec("integer", "registered projects in the host Party", required=True),
    "fee.refund_above_usd": Spec("decimal", "USD"),
    "fee.instalments": Spec("integer", "payments for an issuance"),
    "fee.instalment_min_usd": Spec("decimal", "USD"),
    "fee.new_methodology_usd": Spec("decimal", "USD"),
    "fee.accreditation_usd": Spec("decimal", "USD"),
    "fee.accreditation_first_percent": Spec("decimal", "per cent of the fee"),
    "fee.renewal_usd": Spec("decimal", "USD"),
    "fee.post_registration_change_usd": Spec("decimal", "USD"),
    "warming_potentials.set": Spec("choice", "rule", required=True),
    "later_reductions.last_on": Spec("date", "date"),
    "later_reductions.mode": Spec("choice", "rule", required=True),
    "later_reductions.form": Spec("text", "form"),
    "later_reductions.decision": Spec("text", "decision"),
    "article_6_4.request_until": Spec("date", "date"),
    "article_6_4.host_approval_until": Spec("date", "date"),
    "article_6_4.crediting_active_on": Spec("date", "date"),
    "article_6_4.effective_from": Spec("date", "date"),
    "article_6_4.takes_removals": Spec("yes_no", _YES_NO),
    "registry.voluntary_cancellation": Spec("yes_no", _YES_NO, required=True),
    "registry.public_platform": Spec("yes_no", _YES_NO),
    "carbon_capture.reserve_percent": Spec("decimal", _OF_UNITS),
    "transition.older_rules_until": Spec("date", "date"),
    "board.members": Spec("integer", "members", required=True),
    "board.quorum": Spec("fraction", "fraction of the members", required=True),
    "board.group_quorum": Spec("fraction", "fraction of each group that must be exceeded", required=True),
    "board.vote": Spec("fraction", "fraction of those present and voting", required=True),
    "board.alternates_count": Spec("yes_no", _YES_NO, required=True),
    "board.term_years": Spec("integer", _YEARS, required=True),
    "board.terms": Spec("integer", "terms in a row", required=True),
    "board.missed_meetings": Spec("integer", "meetings missed in a row", required=True),
    "board.meetings": Spec("integer", "meetings in a year", required=True),
}

REQUIRED_WINDOWS = (
    ("global_stakeholder_comments", ""),
    ("registration.request_for_review", "large"),
    ("registration.request_for_review", "small"),
    ("issuance.request_for_review", ""),
    ("review.reply", ""),
    ("accreditation.term", ""),
)

for _name in WINDOW_NAMES:
    for _variant in ("", *WINDOW_VARIANTS):
        _key = f"window.{_name}.{_variant}" if _variant else f"window.{_name}"
        PARAMETERS[_key] = Spec("window", "period", required=(_name, _variant) in REQUIRED_WINDOWS)
