"""The page of assigned amounts: a list for everybody, and a form for the registry's administrators."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from registry import assigned_amounts, codes, outside, people
from registry.account_pages import day
from registry.accounts import Refused
from registry.models_movements import AssignedAmount
from registry.views import around

COLUMNS = [
    {"label": "Party"},
    {"label": "Commitment period", "numeric": True},
    {"label": "Assigned amount, t", "numeric": True},
    {"label": "Base year emissions, t", "numeric": True},
    {"label": "Source"},
]


class AmountForm(forms.Form):
    """What is recorded of one Party and period."""

    party = forms.CharField(label="Party", max_length=2, help_text="The code of the Party, such as DE.")
    period = forms.TypedChoiceField(
        label="Commitment period",
        choices=[
            (code, f"{code}: {one.first_day:%-d %B %Y} to {one.last_day:%-d %B %Y}")
            for code, one in codes.COMMITMENT_PERIODS.items()
        ],
        coerce=int,
    )
    units = forms.IntegerField(label="Assigned amount, t CO2 equivalent for the whole period", min_value=1)
    base_year_units = forms.IntegerField(
        label="Base year emissions, t CO2 equivalent (optional)", min_value=1, required=False
    )
    source = forms.CharField(label="Source", max_length=300, help_text="Where it is published.")

    def clean_party(self) -> str:
        return str(self.cleaned_data["party"]).upper()


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The amounts recorded; an administrator adds one."""
    at = outside.now()
    keeps = people.is_administrator(request.user, at)
    form = AmountForm(request.POST if request.method == "POST" else None) if keeps else None
    status = 200
    if request.method == "POST":
        if form is None or not request.user.is_authenticated:
            return HttpResponse("Only a registry administrator records assigned amounts.", status=403)
        if form.is_valid():
            try:
                made = assigned_amounts.record(**form.cleaned_data, by=request.user, at=at)
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, f"Recorded: {made.party}, period {made.period}.")
                return redirect("registry:assigned_amounts")
        status = 422
    rows = [
        [
            one.party,
            str(one.period),
            one.units,
            one.base_year_units,
            {"text": one.source, "hint": day(one.at)},
        ]
        for one in AssignedAmount.objects.all()
    ]
    context = {**around("assigned_amounts"), "columns": COLUMNS, "rows": rows, "form": form}
    return render(request, "registry/assigned_amounts.html", context, status=status)
