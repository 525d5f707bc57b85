"""Turns Django's short error messages into sentences that name the field and say what to do."""

from django import forms

# fmt: off
NO_ARTICLE_BEFORE = {
    "the", "a", "an", "your", "our", "my", "their", "its", "this", "these", "those", "each", "every",
    "any", "all", "how", "why", "what", "which", "who", "whose", "when", "where",
}
# fmt: on


def in_a_sentence(label: str) -> str:
    """A label as it reads inside a sentence: 'Project title' as 'project title', 'DOE' and 'PDD file' kept."""
    label = label.strip().rstrip(":")
    if len(label) > 1 and label[1].isupper():
        return label
    return label[:1].lower() + label[1:]


def _named(label: str) -> str:
    """The label with its article: 'the project title', but 'your name'."""
    name = in_a_sentence(label)
    return name if name.split(" ")[0].lower() in NO_ARTICLE_BEFORE else f"the {name}"


def _required(label: str, kind: str) -> str:
    if label.endswith("?"):
        return f"Answer the question “{label}”"
    name = _named(label)
    if kind == "checkbox":
        return f"Tick the box “{label}” to continue."
    if kind in {"radios", "select"}:
        return f"Select {name}."
    if kind == "checkboxes":
        return f"Select at least one of {name}."
    return f"Choose a file for {name}." if kind == "file" else f"Enter {name}."


def _invalid(field: forms.Field, label: str) -> str | None:
    if isinstance(field, forms.FloatField | forms.DecimalField):
        return f"{label} must be a number, such as 12.5."
    if isinstance(field, forms.IntegerField):
        return f"{label} must be a whole number."
    if isinstance(field, forms.EmailField):
        return f"{label} must be an e-mail address, such as name@example.org."
    if isinstance(field, forms.URLField):
        return f"{label} must be a web address, such as https://example.org."
    if isinstance(field, forms.DateField):
        return f"{label} must be a real date, such as 2019-06-18."
    return None


def sentences_for(field: forms.Field, label: str, kind: str) -> dict[str, str]:
    """The sentences for one field, by error code. Values in %(…)s are filled in by Django."""
    # a percent sign would be read as a place for a value
    label = label.strip().rstrip(":").replace("%", "per cent")
    sentences = {
        "required": _required(label, kind),
        "min_value": f"{label} must be %(limit_value)s or more.",
        "max_value": f"{label} must be %(limit_value)s or less.",
        "max_length": f"{label} must be %(limit_value)s characters or fewer; it has %(show_value)s.",
        "min_length": f"{label} must be %(limit_value)s characters or more; it has %(show_value)s.",
        "max_digits": f"{label} must have %(max)s digits or fewer.",
        "max_decimal_places": f"{label} must have %(max)s digits or fewer after the point.",
        "max_whole_digits": f"{label} must have %(max)s digits or fewer before the point.",
        "invalid_choice": f"{label}: select one of the choices in the list.",
        "null_characters_not_allowed": f"{label} has a sign in it that cannot be kept. Type it again.",
    }
    if isinstance(field, forms.FileField):
        sentences |= {
            "invalid": f"{label}: no file arrived. Choose the file again.",
            "missing": f"{label}: no file arrived. Choose the file again.",
            "empty": f"{label}: the file is empty (0 bytes). Choose another file.",
            "max_length": f"{label}: the file's name has %(length)d letters; give it one of %(max)d or fewer.",
        }
    if not isinstance(field, forms.MultiValueField) and (invalid := _invalid(field, label)):
        sentences["invalid"] = invalid
    return sentences


def give_sentences(field: forms.Field, label: object, kind: str) -> None:
    """Gives the field its sentences wherever its author wrote none of their own."""
    standard: dict[str, object] = {}
    for ancestor in reversed(type(field).__mro__):
        standard.update(getattr(ancestor, "default_error_messages", {}))
    own_defaults = type(field).__dict__.get("default_error_messages", {})
    if type(field).__module__.startswith("django."):
        own_defaults = {}
    for code, sentence in sentences_for(field, str(label), kind).items():
        written = field.error_messages.get(code)
        author_wrote_it = code in own_defaults or (written is not None and written != standard.get(code))
        if not author_wrote_it:
            field.error_messages[code] = sentence
