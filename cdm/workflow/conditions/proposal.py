"""Needs of the design document and of the letters of approval."""

from __future__ import annotations

from collections.abc import Iterator

from cdm import design_document, files, modalities
from cdm.rules import parties
from cdm.rules.days import in_words
from cdm.workflow.conditions.naming import Answer, condition
from cdm.workflow.step import Problem, Step


@condition
def design_document_is_complete(step: Step) -> Answer:
    """3/CMP.1 annex, Appendix B, para 2: all of (a) to (j), and the rules each of them answers to."""
    return design_document.unmet(step.project, step.day)


@condition
def letter_is_complete(step: Step) -> Iterator[Problem]:
    """3/CMP.1 annex, para 40(a): of the host, that the activity helps it in achieving sustainable development."""
    letter, given = step.subject, step.given
    if given and letter.is_host and given.get("contributes_to_sustainable_development") is not True:
        yield Problem(
            "The host Party must confirm that the project activity assists it in achieving sustainable development "
            "(para 40(a)). If it cannot, refuse the letter.",
            "contributes_to_sustainable_development",
        )
    dated_on = given.get("dated_on")
    if dated_on is not None and dated_on > step.day:
        yield Problem("The date of the letter lies in the future. Give the date on the letter.", "dated_on")
    if given.get("letter") is not None:
        yield from (Problem(problem.sentence, "letter") for problem in files.file_problems(given["letter"]))
    asked = set(modalities.asking(letter).values_list("pk", flat=True))
    for organisation in given.get("participants") or []:
        if organisation.pk not in asked:
            yield Problem(
                f"{organisation} did not ask {letter.party_name} for authorisation. Leave it out.",
                "participants",
            )


@condition
def party_may_approve(step: Step) -> Answer:
    """3/CMP.1 annex, paras 28-30: only Parties to the Protocol approve; only non-Annex I Parties host."""
    letter = step.subject
    if not parties.is_party_on(letter.party, step.day):
        return f"{letter.party_name} is not a Party to the Kyoto Protocol on {in_words(step.day)}; it cannot approve."
    if letter.is_host and not parties.may_host_on(letter.party, step.day):
        return f"{letter.party_name} is included in Annex I and cannot host a CDM project activity (para 30)."
    return None


@condition
def project_asks_for_letters(step: Step) -> Answer:
    """Letters are asked for from submission on; after registration too (unilateral registration, EB 18 para 57)."""
    if step.project.place.ending == "bad" or step.project.state == "draft":
        return "The project is not asking for letters of approval now. Submit the design document first."
    return None


@condition
def host_letter_is_issued(step: Step) -> Answer:
    """3/CMP.1 annex, para 40(a); registration with the host's letter alone is allowed (EB 18 para 57)."""
    project = step.project
    if not project.letters.filter(party=project.host_party, state="issued").exists():
        return (
            f"The letter of approval of the host Party, {project.host_party_name}, has not been issued "
            "(3/CMP.1 annex, para 40(a)). Its designated national authority has to issue it first."
        )
    return None
