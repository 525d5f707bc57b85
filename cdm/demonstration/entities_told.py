"""Stories of operational entities: one applies, one's hearing is open, one is before the Board. All are invented."""

from __future__ import annotations

from cdm.acts import accreditation
from cdm.demonstration.stage import Stage, Story, day
from cdm.models import EntityAccreditation

BOTH = ("validation", "verification")


def _apply(stage: Stage, who: str, scopes: tuple[int, ...]) -> EntityAccreditation:
    return accreditation.apply(
        doe=stage.body(who),
        asked=[(function, scope) for function in BOTH for scope in scopes],
        statement="A legal entity with eleven lead assessors, liability insurance of USD 5 million, a published "
        "complaints procedure, an impartiality committee, and no pending judicial process.",
        by=stage.person(who),
        at=stage.at,
    )


def third_pole(stage: Stage) -> Story:
    """Applied in May 2019; the assessment is under way."""
    yield day("2019-05-06")
    term = _apply(stage, "third_pole", (1, 3, 13))
    yield day("2019-05-13")
    stage.do(term, "take_up", "secretariat")


def meridian(stage: Stage) -> Story:
    """Designated since 2016; a spot-check found fault in May 2019, and the entity may be heard until 7 June."""
    yield day("2016-03-07")
    term = _apply(stage, "meridian", (1, 4, 13))
    yield day("2016-03-21")
    stage.do(term, "take_up", "secretariat")
    yield day("2016-08-15")
    stage.do(
        term,
        "record_assessment",
        "secretariat",
        standards_are_met=True,
        assessment="Documents reviewed, the office visited, one validation witnessed. Accreditation is recommended.",
    )
    _recommend(stage, term, "The accreditation panel recommends it.")
    yield day("2016-08-16")
    matter = term.matters.get()
    stage.do(matter, "decide_electronically", "Amina Diallo", "No meeting is convened before November.")
    # nobody objected in three weeks
    yield day("2016-11-28")
    stage.do(term, "record_designation", "secretariat", number="3/CMP.12", dated_on=day("2016-11-17"))
    yield day("2019-04-08")
    stage.do(term, "order_spot_check", "Hans Gerber", "Two complaints about site visits that were not made.")
    yield day("2019-05-24")
    stage.do(term, "offer_hearing", "Hans Gerber", "Site visits were not documented in three of five files.")


def altiplano(stage: Stage) -> Story:
    """Assessed in May 2019; its accreditation is on the agenda of EB 103, on 17 June."""
    yield day("2018-09-03")
    term = _apply(stage, "altiplano", (1, 13))
    yield day("2018-09-17")
    stage.do(term, "take_up", "secretariat")
    yield day("2019-05-13")
    stage.do(
        term,
        "record_assessment",
        "secretariat",
        standards_are_met=True,
        assessment="Documents reviewed, the office visited. Two lead assessors were engaged since the first visit.",
    )
    yield day("2019-05-20")
    _recommend(stage, term, "What the first visit found wanting has been put right; the panel recommends it.")


def _recommend(stage: Stage, term: EntityAccreditation, reasons: str) -> None:
    stage.do(term.matters.get(), "recommend", "secretariat", outcome="accredit", reasons=reasons)


STORIES = (third_pole, meridian, altiplano)
