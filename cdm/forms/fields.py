"""Fields the registry needs beyond Django's: dates in three boxes, whole tonnes, money, places."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cdm.forms.sentences import in_a_sentence
from cdm.templatetags.cdm_format import MONTHS, day, quantity

PARTS = ("day", "month", "year")


class DateBoxesWidget(forms.MultiWidget):
    """Three boxes for day, month and year: a date that is known by heart is typed faster than picked."""

    template_name = "django/forms/govuk/date_boxes.html"
    use_fieldset = True

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        boxes = {part: forms.TextInput(attrs={"inputmode": "numeric"}) for part in PARTS}
        super().__init__(boxes, dict(attrs or {}))

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                return [None, None, None]
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        """The first box: where the link of an error summary leads."""
        return f"{id_}_0" if id_ else id_


class DateBoxesField(forms.Field):
    """A date in three boxes; cleans to datetime.date or None.

    `earliest` and `latest` are the first and last day allowed. A month may be a number or an English name.
    """

    widget = DateBoxesWidget

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        if isinstance(value, str):
            value = self.widget.decompress(value)  # type: ignore[attr-defined]
        boxes = [str(part if part is not None else "").strip() for part in value]
        if not any(boxes):
            return None
        name = str(self.label or "The date")
        missing = [part for part, text in zip(PARTS, boxes, strict=True) if not text]
        if missing:
            raise ValidationError(f"{name} must include a {' and a '.join(missing)}.", code="incomplete")
        if not (boxes[2].isdecimal() and len(boxes[2]) == 4):
            raise ValidationError(f"{name}: the year must have 4 digits, such as 2019.", code="year")
        try:
            return date(int(boxes[2]), _month_number(boxes[1]), int(boxes[0]))
        except ValueError as error:
            raise ValidationError(f"{name} must be a real date.", code="invalid") from error

    def validate(self, value: date | None) -> None:
        super().validate(value)
        name = str(self.label or "The date")
        if value and self.earliest and value < self.earliest:
            raise ValidationError(f"{name} must be on or after {day(self.earliest)}.", code="too_early")
        if value and self.latest and value > self.latest:
            raise ValidationError(f"{name} must be on or before {day(self.latest)}.", code="too_late")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


def _month_number(text: str) -> int:
    """The number of a month given as '6', '06', 'June' or 'Jun'; ValueError when it is none of these."""
    if text.isdecimal():
        return int(text)
    found = [
        number
        for number, name in enumerate(MONTHS, start=1)
        if len(text) >= 3 and name.lower().startswith(text.lower())
    ]
    if len(found) != 1:
        raise ValueError(text)
    return found[0]


def _without_separators(value: Any) -> Any:
    """What people type between thousands, taken out: '67,303' and '67 303' are 67303."""
    if not isinstance(value, str):
        return value
    return value.strip().replace(",", "").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")


class WholeNumberField(forms.IntegerField):
    """A whole number that may be typed with separators; negative and fractional numbers are refused.

    `suffix` is shown behind the box; `least` is the smallest number allowed, 0 unless told.
    """

    def __init__(
        self, *, suffix: str = "", least: int = 0, most: int | None = None, width: int = 10, **kwargs: Any
    ) -> None:
        look = {"suffix": suffix} if suffix else {}
        kwargs.setdefault("widget", forms.NumberInput(attrs={**look, "width": width}))
        super().__init__(min_value=None, **kwargs)
        self.least, self.most = least, most

    def to_python(self, value: Any) -> int | None:
        value = _without_separators(value)
        if value in self.empty_values:
            return None
        name = str(self.label or "The number")
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            raise ValidationError(f"{name} must be a whole number, such as 67,303.", code="invalid") from None
        if not number.is_finite() or number != number.to_integral_value():
            raise ValidationError(
                f"{name} must be a whole number without decimals, such as 67,303.", code="fraction"
            )
        return int(number)

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is None:
            return
        name = str(self.label or "The number")
        if value < self.least:
            raise ValidationError(f"{name} must be {quantity(self.least)} or more.", code="min_value")
        if self.most is not None and value > self.most:
            raise ValidationError(f"{name} must be {quantity(self.most)} or less.", code="max_value")

    def prepare_value(self, value: Any) -> Any:
        return quantity(value) if isinstance(value, int) else value


class TonnesField(WholeNumberField):
    """Whole tonnes of carbon dioxide equivalent (one CER is one tonne)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("most", 10**12)
        super().__init__(suffix="t CO2e", **kwargs)


class UsdField(forms.DecimalField):
    """An amount of United States dollars, not negative, with two digits after the point; cleans to Decimal."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.NumberInput(attrs={"prefix": "USD", "width": 10}))
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(max_digits=14, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(_without_separators(value))


class DegreesField(forms.DecimalField):
    """A latitude or longitude in decimal degrees; `limit` is 90 or 180. Cleans to Decimal."""

    def __init__(self, *, limit: int, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.NumberInput(attrs={"suffix": "°", "width": 10}))
        super().__init__(min_value=-limit, max_value=limit, max_digits=9, decimal_places=6, **kwargs)


class DocumentField(forms.FileField):
    """One uploaded file. `endings` are the endings allowed in lower case; `most_bytes` the largest size.

    Type and content are checked again where files are stored; here people get their sentence early.
    """

    def __init__(
        self, *, endings: Sequence[str] = (".pdf",), most_bytes: int = 20 * 1024 * 1024, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(endings)}))
        super().__init__(**kwargs)
        self.endings, self.most_bytes = tuple(endings), most_bytes

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file or file is initial:
            return file
        name = str(self.label or "The file")
        if not file.name.lower().endswith(self.endings):
            kinds = ", ".join(ending.lstrip(".").upper() for ending in self.endings)
            raise ValidationError(
                f"{name}: “{file.name}” is not of a kind that can be kept. Choose {kinds}.", code="ending"
            )
        if file.size > self.most_bytes:
            most, has = self.most_bytes / 1_000_000, file.size / 1_000_000
            raise ValidationError(
                f"{name} must be {most:.0f} MB or smaller; “{file.name}” has {has:.1f} MB.", code="too_large"
            )
        return file


__all__ = [
    "DateBoxesField",
    "DateBoxesWidget",
    "DegreesField",
    "DocumentField",
    "TonnesField",
    "UsdField",
    "WholeNumberField",
    "in_a_sentence",
]
