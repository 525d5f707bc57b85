"""Forms about requests to the Board: asking for review, replying, and the filter of the public list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from cdm.files import TYPES
from cdm.forms.acts import ActForm
from cdm.forms.fields import DocumentField
from cdm.models import BoardRequest
from cdm.rules.review import Ground
from cdm.workflow.provisional import RESTING


class ReviewForm(ActForm):
    """The grounds of a request for review, from the list that the rule set permits, and the reasons."""

    grounds = forms.MultipleChoiceField(
        label="Grounds", widget=forms.CheckboxSelectMultiple, help_text="Choose every ground that applies."
    )
    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Say for each ground what was found, and where. The request for review is published.",
    )

    def __init__(self, *args: Any, permitted: tuple[Ground, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grounds"].choices = [(ground.code, ground.words) for ground in permitted]  # type: ignore[attr-defined]


class ReplyForm(ActForm):
    """A reply to the requests for review."""

    text = forms.CharField(
        label="Reply",
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Answer every ground. The reply is published and cannot be changed.",
    )
    document = DocumentField(
        label="Document (optional)",
        required=False,
        endings=tuple(TYPES),
        most_bytes=settings.UPLOAD_MAX_BYTES,
        help_text="Further documents are attached to the request.",
    )


class RequestFilter(forms.Form):
    """Which requests are shown."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *BoardRequest.Kind.choices])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "All"),
            ("published", "Open for requests for review"),
            ("review", "Review requested or under review"),
            ("awaiting", "Awaiting issuance"),
            ("provisional", "Provisional"),
            ("transitioned", "Moved to the Article 6.4 mechanism"),
            ("registered", "Registered"),
            ("issued", "Issued"),
            ("approved", "Approved: renewal or change"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
            ("returned", "Returned as incomplete"),
        ],
    )
    words = forms.CharField(label="Project or reference number", required=False, max_length=100)

    STATES = {
        "review": ["review_requested", "under_review", "corrections_requested", "corrections_check"],
        "awaiting": ["awaiting_instruction", "awaiting_share_of_proceeds", "instructed"],
        "provisional": list(RESTING),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s", **kwargs})

    def criteria(self) -> dict[str, Any]:
        """The choices as conditions of a queryset, without the words."""
        chosen = self.cleaned_data if self.is_valid() else {}
        found: dict[str, Any] = {}
        if chosen.get("kind"):
            found["kind"] = chosen["kind"]
        if state := chosen.get("state"):
            found["state__in"] = self.STATES.get(state, [state])
        return found

    @property
    def wanted_words(self) -> str:
        return str(self.cleaned_data.get("words", "")).strip() if self.is_valid() else ""
