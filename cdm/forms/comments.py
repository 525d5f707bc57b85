"""The forms of public comments: making one, answering one, judging one that is held."""

from __future__ import annotations

from django import forms

from cdm.acts.comments import MOST_CHARACTERS


class CommentForm(forms.Form):
    """A comment by anyone. `website` is a trap: people do not see it, programs fill it in."""

    name = forms.CharField(label="Your name", max_length=150, help_text="Published with your comment.")
    organisation = forms.CharField(
        label="Your organisation",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"optional": True}),
        help_text="Published with your comment.",
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="Not published. You get a link by which you confirm the comment.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(
        label="Your comment",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Say which section of the design document it is about, where you can.",
    )
    website = forms.CharField(
        label="Leave this empty",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )


class AnswerForm(forms.Form):
    """How the DOE took a comment into account."""

    text = forms.CharField(
        label="How the comment was taken into account",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Published below the comment (3/CMP.1 annex, para 40(f)).",
    )


class JudgeForm(forms.Form):
    """What becomes of a comment that is held as possible spam, and why."""

    verdict = forms.ChoiceField(
        label="What becomes of it",
        choices=[("release", "Publish it"), ("refuse", "Refuse it as spam")],
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the record.",
    )
