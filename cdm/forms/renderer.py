"""Draws plain Django forms as GOV.UK fields: markup, classes, descriptions and sentences for errors."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from cdm.forms.sentences import give_sentences

# What a form's author may write among a widget's attrs to steer how the field is drawn; never sent as HTML.
LOOK = ("prefix", "suffix", "width", "inline", "small", "label_size", "numeric", "optional")

WIDTHS = {2, 3, 4, 5, 10, 20, 30}  # in characters; GOV.UK has one class for each


class GovukBoundField(BoundField):
    """A field of a form, with the classes and descriptions that GOV.UK's stylesheet and scripts expect."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        # The form made its own copies of field and widget, so changing them here touches this form only.
        widget = field.widget
        self.look: dict[str, Any] = {key: widget.attrs.pop(key) for key in LOOK if key in widget.attrs}
        if self.kind in {"radios", "checkboxes"} and widget.template_name in DJANGO_CHOICES:
            widget.template_name = "django/forms/govuk/choices.html"
        if type(widget) is forms.NumberInput:
            # A number box changes its value when the wheel turns over it; text with a number pad does not.
            widget.input_type = "text"
            for attribute in ("min", "max", "step"):
                widget.attrs.pop(attribute, None)
            whole = isinstance(field, forms.IntegerField)
            widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
            self.look.setdefault("numeric", True)
        if isinstance(widget, forms.PasswordInput):
            widget.attrs.setdefault("autocomplete", "current-password")
        if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
            widget.attrs["rows"] = "5"
        if field.label is None:
            field.label = self.label  # so that a field can name itself in its errors
        give_sentences(field, self.label, self.kind)

    @property
    def kind(self) -> str:
        """How the field is drawn; kind_template names the template for it."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checkboxes"
        if isinstance(widget, forms.RadioSelect):
            return "radios"
        if isinstance(widget, forms.MultiWidget):
            return "boxes"
        if isinstance(widget, forms.FileInput):
            return "file"
        if isinstance(widget, forms.PasswordInput):
            return "password"
        if isinstance(widget, forms.Textarea):
            return "textarea"
        return "select" if isinstance(widget, forms.Select) else "text"

    @property
    def kind_template(self) -> str:
        return f"django/forms/govuk/kinds/{SHARED_TEMPLATES.get(self.kind, self.kind)}.html"

    @property
    def uses_group(self) -> bool:
        """Whether the field is several inputs under one legend, and not one input with a label."""
        return self.kind in {"checkboxes", "radios", "boxes"}

    @property
    def first_input_id(self) -> str:
        """Where the link of an error summary leads: the first of several inputs, or the only one."""
        if self.kind in {"radios", "checkboxes"}:
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    @property
    def has_count(self) -> bool:
        return self.kind == "textarea" and bool(getattr(self.field, "max_length", None))

    @property
    def choice_classes(self) -> str:
        """The classes of the box around radios or checkboxes."""
        base = "govuk-radios" if self.kind == "radios" else "govuk-checkboxes"
        inline = f" {base}--inline" if self.look.get("inline") else ""
        return base + inline + (f" {base}--small" if self.look.get("small") else "")

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "look": self.look}

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        # The server answers with sentences; the browser's own bubbles would come first and say less.
        built.pop("required", None)
        for part in getattr(widget, "widgets", ()):
            part.attrs.pop("required", None)
        if self.kind == "textarea" and self.has_count:
            described = [built.get("aria-describedby", ""), f"{self.auto_id}-info"]
            built["aria-describedby"] = " ".join(part for part in described if part)
        given = f"{widget.attrs.get('class', '')} {attrs.get('class', '')}".split()
        classes = " ".join(dict.fromkeys([*self._classes(), *given]))
        if classes:
            built["class"] = classes
        return built

    def _classes(self) -> list[str]:
        base = {
            "checkbox": "govuk-checkboxes__input",
            "checkboxes": "govuk-checkboxes__input",
            "radios": "govuk-radios__input",
            "boxes": "govuk-input",
            "file": "govuk-file-upload",
            "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
            "textarea": "govuk-textarea",
            "select": "govuk-select",
            "text": "govuk-input",
        }[self.kind]
        classes = base.split()
        if self.errors and self.kind in {"boxes", "file", "password", "textarea", "select", "text"}:
            classes.append(f"{classes[0]}--error")
        if self.has_count:
            classes.append("govuk-js-character-count")
        if self.look.get("numeric"):
            classes.append("govuk-input--numeric")
        if self.look.get("width") in WIDTHS:
            classes.append(f"govuk-input--width-{self.look['width']}")
        return classes


SHARED_TEMPLATES = {
    "select": "plain",
    "text": "plain",
    "file": "plain",
    "boxes": "plain",
    "radios": "choices",
    "checkboxes": "choices",
}
DJANGO_CHOICES = {"django/forms/widgets/radio.html", "django/forms/widgets/checkbox_select.html"}


class GovukRenderer(TemplatesSetting):
    """The renderer named in settings.FORM_RENDERER: `{{ form }}` comes out as GOV.UK form groups."""

    form_template_name = "django/forms/govuk/form.html"
    formset_template_name = "django/forms/govuk/formset.html"
    field_template_name = "django/forms/govuk/field.html"
    bound_field_class = GovukBoundField
