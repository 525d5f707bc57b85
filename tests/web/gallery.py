"""Every part of the design on a few pages, with facts from real projects; only tests serve them."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from cdm.forms.fields import DateBoxesField, DegreesField, DocumentField, TonnesField, UsdField

UTC = dt.UTC
TODAY = dt.date(2019, 6, 18)


class ProjectForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(label="Project title", max_length=200, help_text="As it stands in the PDD.")
    host = forms.ChoiceField(
        label="Host Party", choices=[("", "Choose a Party"), ("BR", "Brazil"), ("HN", "Honduras")]
    )
    scale = forms.ChoiceField(
        label="Scale", widget=forms.RadioSelect, choices=[("large", "Large scale"), ("small", "Small scale")]
    )
    is_bundled = forms.TypedChoiceField(
        label="Is it a bundle of several small activities?",
        widget=forms.RadioSelect(attrs={"inline": True}),
        choices=[("yes", "Yes"), ("no", "No")],
    )
    scopes = forms.MultipleChoiceField(
        label="Sectoral scopes",
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        choices=[("1", "1 Energy industries"), ("13", "13 Waste handling and disposal")],
    )
    starts_on = DateBoxesField(
        label="Start of the crediting period",
        earliest=dt.date(2000, 1, 1),
        help_text="For example, 1 7 2004.",
    )
    reductions = TonnesField(label="Estimated reductions a year")
    fee = UsdField(label="Fee paid", required=False)
    latitude = DegreesField(label="Latitude", limit=90)
    baseline = forms.CharField(label="Baseline", widget=forms.Textarea, max_length=500)
    notes = forms.CharField(label="Notes", widget=forms.Textarea(attrs={"optional": True}), required=False)
    document = DocumentField(label="Project design document", help_text="A PDF of up to 20 MB.")
    contact = forms.EmailField(label="Contact's e-mail address")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    affirms = forms.BooleanField(label="No official development assistance was diverted to this project")


class YearForm(forms.Form):
    year = forms.IntegerField(label="Year", widget=forms.NumberInput(attrs={"width": 4}))
    reductions = TonnesField(label="Reductions")
    comment = forms.CharField(label="Comment", required=False)


YearFormSet = forms.formset_factory(YearForm, extra=0, can_delete=True)


class FilterForm(forms.Form):
    search = forms.CharField(label="Title or reference", required=False)
    host = forms.ChoiceField(label="Host Party", choices=[("", "All"), ("BR", "Brazil")], required=False)
    stage = forms.ChoiceField(label="Stage", choices=[("", "All"), ("v", "Validation")], required=False)


def person(name: str, role: str, organisation: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, role=role, organisation=organisation, value=name)


PEOPLE = [
    person("Ana Ribeiro", "Project participant", "NovaGerar EcoEnergia Ltda."),
    person("Paulo Mendes", "Designated national authority", "DNA of Brazil"),
    person("Ingrid Solberg", "Designated operational entity", "Det Norske Veritas Certification AS"),
    person("Mei Tanaka", "Secretariat", "UNFCCC secretariat"),
]

STAGES = [
    {"name": "Proposal", "state": "done", "note": "Submitted 12 March 2004"},
    {"name": "Host approval", "state": "done", "note": "Letter of 2 June 2004"},
    {"name": "Validation", "state": "done"},
    {"name": "Registration", "state": "current", "note": "Open for requests for review"},
    {"name": "Verification", "state": "waiting"},
    {"name": "Issuance", "state": "waiting"},
]


def shell(request: HttpRequest, **more: Any) -> dict[str, Any]:
    signed_in = SimpleNamespace(is_authenticated=True, get_full_name="Ana Ribeiro")
    return {
        "user": signed_in,
        "navigation": [
            ("Projects", "/projects/", True),
            ("Tasks", "/tasks/", False, 3),
            ("Registry", "/registry/", False),
            ("Rules", "/rules/", False),
        ],
        "demonstration": {"today": TODAY, "control_url": "/clock/", "people_url": "/accounts/login/"},
        "today": TODAY,
        **more,
    }


def project_context() -> dict[str, Any]:
    registered = dt.datetime(2004, 11, 18, 9, 30, tzinfo=UTC)
    version = SimpleNamespace(
        number=2,
        filename="novagerar-pdd-v2.pdf",
        size_bytes=1_412_000,
        sha256="9f2c" * 16,
        uploaded_by="Ana Ribeiro",
        uploaded_at=registered,
        url="/documents/2/",
    )
    older = SimpleNamespace(
        number=1,
        filename="novagerar-pdd.pdf",
        size_bytes=912,
        sha256="03ab" * 16,
        uploaded_by="Ana Ribeiro",
        uploaded_at=registered,
        url="/documents/1/",
    )
    return {
        "stages": STAGES,
        "failed_stages": [
            *STAGES[:3],
            {"name": "Registration", "state": "failed", "note": "Rejected"},
            *STAGES[4:],
        ],
        "tabs": [
            ("Overview", "/a", True),
            ("Documents", "/b", False, 4),
            ("Comments", "/c", False),
            ("History", "/d", False),
        ],
        "tiles": [
            {"value": "670,133", "unit": "t CO2e", "label": "Estimated reductions a year"},
            {"value": "67,303", "unit": "CERs", "label": "Issued so far"},
            {"value": "28 days", "label": "Left for requests for review"},
        ],
        "facts": ["Reference 0008", "Nova Iguaçu, Brazil", "AM0003"],
        "status": {
            "label": "Requesting registration",
            "tone": "progress",
            "public": "Registration requested",
        },
        "key_rows": [
            {"key": "Host Party", "value": "Brazil"},
            {"key": "Methodology", "value": "AM0003 version 1", "url": "/rules/methodologies/AM0003/"},
            {"key": "Crediting period", "value": "1 July 2004 to 30 June 2011\nrenewable, first of three"},
            {"key": "Letter of approval", "value": None, "status": {"label": "Issued", "tone": "good"}},
        ],
        "change_rows": [
            {
                "key": "Title",
                "value": "NovaGerar Landfill Gas to Energy Project",
                "change_url": "/x",
                "change_what": "title",
            },
            {"key": "Scale", "value": "Large scale", "change_url": "/y", "change_what": "scale"},
        ],
        "charge": SimpleNamespace(
            working=(
                "average annual reductions = 670,133 t CO2e",
                "first 15,000 t at USD 0.10 = USD 1,500.00",
                "655,133 t at USD 0.20 = USD 131,026.60",
                "This is below the cap of USD 350,000.",
            ),
            amount_usd=Decimal("132526.60"),
            source="4/CMP.1 annex II, para 37; registration fee guidelines version 03",
        ),
        "columns": [
            {"label": "Project"},
            {"label": "Host"},
            {"label": "Status"},
            {"label": "t CO2e a year", "numeric": True},
        ],
        "rows": [
            [
                {"text": "NovaGerar Landfill Gas to Energy Project", "url": "/projects/8/", "hint": "0008"},
                "Brazil",
                {"tag": {"label": "Registered", "tone": "good"}},
                670133,
            ],
            [
                {"text": "Rio Blanco Small Hydroelectric Project", "url": "/projects/28/", "hint": "0028"},
                "Honduras",
                {"tag": {"label": "Under review", "tone": "waiting"}},
                17800,
            ],
            [
                {"text": "Bujagali Hydropower Project", "url": "/projects/4217/", "hint": "4217"},
                "Uganda",
                {"tag": {"label": "Rejected", "tone": "bad"}},
                858173,
            ],
        ],
        "footer": ["Together", "", "", 1546106],
        "blocks": [
            SimpleNamespace(
                identifier="BR-5-1-1346-1-1-0-8",
                first=1,
                last=1346,
                units=1346,
                applicable_period=1,
                account="Adaptation fund",
            ),
            SimpleNamespace(
                identifier="BR-5-1347-67303-1-1-0-8",
                first=1347,
                last=67303,
                units=65957,
                applicable_period=1,
                account="NovaGerar EcoEnergia",
            ),
        ],
        "entries": [
            SimpleNamespace(
                at=registered,
                sentence="The request for registration was published.",
                actor="Mei Tanaka",
                role="secretariat",
                note="",
                number=14,
                hash="ab12" * 16,
            ),
            SimpleNamespace(
                at=registered,
                sentence="The completeness check was returned.",
                actor="Mei Tanaka",
                role="secretariat",
                note="Section B.5: the additionality tool's step 3 names no source.",
                number=13,
                hash="77de" * 16,
            ),
        ],
        "coming": [
            {
                "what": "Notify the renewal of the crediting period",
                "url": "/projects/8/changes/",
                "about": "Brazil NovaGerar Landfill Gas to Energy Project",
                "sentence": "The crediting period ends on 31 December 2019.",
                "due_on": dt.date(2019, 7, 4),
            },
            {
                "what": "Report on the activities of 2018",
                "url": "/entities/3/activities/",
                "about": "Det Norske Veritas",
                "sentence": "The Board and the secretariat read it.",
                "due_on": None,
            },
        ],
        "tasks": [
            SimpleNamespace(
                what="Check the request for completeness",
                url="/t/1",
                about="NovaGerar Landfill Gas to Energy Project (0008)",
                organisation="UNFCCC secretariat",
                due_on=dt.date(2019, 6, 20),
                assigned_to="Mei Tanaka",
                claimed_at=None,
                claim_url="/t/1/claim",
                hand_over_url="",
            ),
            SimpleNamespace(
                what="Answer the findings CAR 1 and CL 3",
                url="/t/2",
                about="Rio Blanco Small Hydroelectric Project (0028)",
                organisation="",
                due_on=dt.date(2019, 6, 10),
                assigned_to="Ana Ribeiro",
                claimed_at=registered,
                claim_url="",
                hand_over_url="/t/2/hand-over",
            ),
            SimpleNamespace(
                what="Issue the letter of approval",
                url="/t/3",
                about="Bujagali Hydropower Project (4217)",
                organisation="DNA of Uganda",
                due_on=None,
                assigned_to=None,
                claimed_at=None,
                claim_url="/t/3/claim",
                hand_over_url="",
            ),
        ],
        "documents": [
            SimpleNamespace(
                title="Project design document",
                kind_label="Project design document",
                latest=version,
                earlier=[older],
            )
        ],
        "thread": [
            SimpleNamespace(
                author="Lucia Prado",
                organisation="Friends of the Iguaçu River",
                at=registered,
                text="Is leachate treated on the site?",
                label="Comment 1",
                answer=False,
            ),
            SimpleNamespace(
                author="Ingrid Solberg",
                organisation="DNV",
                at=registered,
                text="Yes: see section D.1. The plan was seen on the visit.",
                label="",
                answer=True,
            ),
        ],
        "moves": [
            {
                "label": "Pass the completeness check",
                "url": "/m/1",
                "sentence": "Goes on to the information and reporting check.",
            },
            {
                "label": "Return the request",
                "url": "/m/2",
                "tone": "warning",
                "sentence": "The DOE may send it again.",
            },
            {
                "label": "Publish the request",
                "url": "/m/3",
                "unmet": ["The registration fee of USD 132,526.60 has not been recorded as paid."],
            },
        ],
        "sections": [
            {"title": "A. General description", "url": "/s/a", "complete": True},
            {
                "title": "B. Baseline methodology",
                "url": "/s/b",
                "complete": False,
                "hint": "Methodology and additionality",
            },
        ],
        "last_law": dt.date(2019, 7, 15),
        "last_soon": dt.date(2019, 6, 20),
        "last_late": dt.date(2019, 6, 11),
    }


def project(request: HttpRequest) -> HttpResponse:
    messages.success(request, "The request for registration was submitted.")
    messages.error(request, "The fee was not recorded: the amount must be USD 132,526.60.")
    context = shell(request, breadcrumbs=[("Projects", "/projects/"), ("NovaGerar", "")], **project_context())
    return render(request, "gallery/project.html", context)


def form(request: HttpRequest) -> HttpResponse:
    sent = request.GET.get("sent")
    data = {"starts_on_day": "31", "starts_on_month": "2", "starts_on_year": "2004", "reductions": "12.5"}
    rows = [{"year": 2004, "reductions": 121344}, {"year": 2005, "reductions": 670133}]
    row_data = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        "form-0-year": "2004",
        "form-0-reductions": "-4",
        "form-1-year": "",
        "form-1-reductions": "67,303",
    }
    context = shell(
        request,
        form=ProjectForm(data, {}) if sent else ProjectForm(),
        formset=YearFormSet(row_data) if sent else YearFormSet(initial=rows),
        problems=[("The letter of approval of Brazil is missing.", "/letters/")] if sent else None,
        back_url="/projects/",
        filter_form=FilterForm(request.GET, auto_id="filter_%s"),
        page=Paginator(range(400), 20).get_page(10),
    )
    return render(request, "gallery/form.html", context)


def filter_list(request: HttpRequest) -> HttpResponse:
    """A list under a filter; the stage "gone" is answered as if someone had changed it meanwhile."""
    form = FilterForm(request.GET)
    form.fields["stage"] = forms.ChoiceField(
        label="Stage", choices=[("", "All"), ("v", "Validation"), ("gone", "Gone")], required=False
    )
    status = 409 if request.GET.get("stage") == "gone" else 200
    return render(request, "gallery/filter.html", shell(request, filter_form=form), status=status)


def confirm(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/confirm.html", shell(request, form=forms.Form(), version=3))


def sign_in(request: HttpRequest) -> HttpResponse:
    class SignIn(forms.Form):
        login = forms.EmailField(label="Email")
        password = forms.CharField(label="Password", widget=forms.PasswordInput)

    context = {
        "form": SignIn(),
        "demonstration_people": PEOPLE,
        "demonstration_sign_in_url": "/demonstration/sign-in/",
    }
    return render(request, "account/login.html", context)


def refused(request: HttpRequest, status: str) -> HttpResponse:
    return render(request, f"{status}.html", status=int(status[:3]))


urlpatterns = [
    path("project/", project),
    path("form/", form),
    path("filter/", filter_list),
    path("confirm/", confirm),
    path("sign-in/", sign_in),
    path("refused/<str:status>/", refused),
    path("accounts/", include("allauth.account.urls")),
]
