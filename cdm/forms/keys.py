"""The form by which a person issues a key for a program."""

from __future__ import annotations

from django import forms


class KeyForm(forms.Form):
    """What the key is for, and whether it may do more than read."""

    name = forms.CharField(
        max_length=100,
        label="What the key is for",
        help_text="Your own words, for example “monthly report”, so that you know it again.",
    )
    may_write = forms.ChoiceField(
        label="What the program may do",
        choices=[("no", "Only read what I may see"), ("yes", "Read, and do what I may do")],
        widget=forms.RadioSelect,
        initial="no",
    )
