"""Stories that stand somewhere between the first page of a draft and the Board's decision in June 2019."""

from __future__ import annotations

from cdm.demonstration import board, facts
from cdm.demonstration.chapters import published, requested, submitted, validated
from cdm.demonstration.endings import LULIANG, YANCHI
from cdm.demonstration.stage import Stage, Story, day


def gujarat(stage: Stage) -> Story:
    """A draft, half filled."""
    yield day("2019-05-21")
    stage.begin_draft(facts.GUJARAT)


def salto(stage: Stage) -> Story:
    """Submitted; Brazil has not decided yet."""
    yield from submitted(stage, facts.SALTO, on=day("2019-05-23"))


def ratlam(stage: Stage) -> Story:
    """Approved by India; Norway's letter is still asked for, and no DOE is engaged."""
    project = yield from submitted(stage, facts.RATLAM, on=day("2019-04-29"))
    yield day("2019-05-20")
    stage.approve(project, "IN")


def manantial(stage: Stage) -> Story:
    """Open for comments for 45 days, to 15 June: answered, unanswered, and one held as possible spam."""
    project = yield from submitted(stage, facts.MANANTIAL, on=day("2019-04-08"))
    yield day("2019-04-25")
    stage.approve(project, "CO")
    stage.engage(project, "validation", "carbon_check", "manantial")
    yield day("2019-05-02")
    stage.do(project, "publish", "carbon_check")
    yield day("2019-05-09")
    first = stage.comment(
        project,
        "Marta Gaitán",
        "Fundación Río Meta",
        "Which species are planted along the streams? The document names only acacia and eucalyptus. Native palms "
        "would keep the banks and the birds.",
        email="marta.gaitan@riometa.example",
    )
    yield day("2019-05-15")
    stage.answer(
        first,
        "carbon_check",
        "The developer showed us the planting map: native moriche palm on 30 metres each side of all streams. The "
        "document will name it in section (a).",
    )
    yield day("2019-05-22")
    stage.comment(
        project,
        "Jorge Ruiz",
        "",
        "My family grazes cattle on the neighbouring land. Please keep the old path to the ford open; it is the only "
        "one in the rainy months.",
        email="jorge.ruiz@puertolopez.example",
    )
    yield day("2019-05-27")
    stage.comment(
        project,
        "Best Offers",
        "Best Offers",
        "Cheap seedlings http://a.example http://b.example http://c.example http://d.example order today!!!",
        email="offers@cheapseedlings.example",
    )
    yield day("2019-05-30")
    stage.comment(
        project,
        "Dr. Emily Hart",
        "Tropical Savannah Network",
        "Llanos savannah stores much of its carbon below ground. How does the baseline treat soil carbon on the land "
        "that is ploughed for planting?",
        email="emily.hart@savannah.example",
    )


def debari(stage: Stage) -> Story:
    """In validation: a corrective action request under discussion, another question closed, a comment unanswered."""
    project = yield from submitted(stage, facts.DEBARI, on=day("2019-03-04"))
    yield day("2019-03-20")
    stage.approve(project, "IN")
    stage.engage(project, "validation", "carbon_check", "zinc")
    yield day("2019-04-01")
    stage.do(project, "publish", "carbon_check")
    yield day("2019-04-17")
    stage.comment(
        project,
        "Ramesh Meena",
        "Debari Gram Panchayat",
        "Dust from cleaning blows to the school when the wind is from the west. Can the panels be cleaned in the early "
        "morning?",
        email="ramesh.meena@debari.example",
    )
    yield day("2019-05-06")
    correction = stage.find(
        project,
        "CAR",
        "carbon_check",
        "(i)",
        "The grid emission factor is that of 2016. Apply the latest published by the Central Electricity Authority.",
    )
    clarification = stage.find(
        project, "CL", "carbon_check", "(b)", "Show that the plant is connected to the Indian grid."
    )
    stage.find(
        project,
        "FAR",
        "carbon_check",
        "(h)",
        "At first verification, check the calibration of the check meter.",
    )
    yield day("2019-05-14")
    stage.write(clarification, "zinc", "The connection agreement with the utility is attached.")
    stage.write(
        correction, "zinc", "We used the factor known when the decision was taken. Is that not allowed?"
    )
    yield day("2019-05-20")
    stage.close(clarification, "carbon_check", "The agreement of 11 December 2017 was seen.")
    stage.write(correction, "carbon_check", "The methodology asks for the latest at the time of submission.")


def changwon(stage: Stage) -> Story:
    """Validated: the DOE has not asked for registration yet."""
    yield from validated(stage, facts.CHANGWON, requested_on=day("2019-06-10"), validator="tuv")


def solitude(stage: Stage) -> Story:
    """In the completeness check since 31 May."""
    yield from requested(stage, facts.SOLITUDE, requested_on="2019-05-31", validator="carbon_check")


def rampura(stage: Stage) -> Story:
    """Requested; the registration fee has not come in."""
    project = yield from validated(
        stage, facts.RAMPURA, requested_on=day("2019-05-27"), validator="carbon_check"
    )
    yield day("2019-05-27")
    stage.request(project, "carbon_check", fee_is_paid=False)


def gimcheon(stage: Stage) -> Story:
    """Returned as incomplete."""
    _, request = yield from requested(stage, facts.GIMCHEON, requested_on="2019-05-13", validator="tuv")
    yield day("2019-05-17")
    stage.do(
        request,
        "return",
        "secretariat",
        sections=["d", "i"],
        reasons="(d): the investment analysis names no benchmark. (i): the spreadsheet of the emission reductions "
        "does not show how the 1,265 t follow from the 1.5 MW.",
    )


def ambatolampy(stage: Stage) -> Story:
    """In the window for review, to 16 June; its real number waits for it."""
    yield from published(
        stage,
        facts.AMBATOLAMPY,
        requested_on="2019-05-03",
        validator="carbon_check",
        published_on="2019-05-20",
    )
    yield day("2019-05-24")
    stage.number(facts.AMBATOLAMPY.number)


def yanchi(stage: Stage) -> Story:
    """Three members asked for a review; the participants have replied, the DOE has not."""
    _, request = yield from published(
        stage, YANCHI, requested_on="2019-04-01", validator="tuv", published_on="2019-04-29"
    )
    reasons = "The benchmark of 8 per cent is that of hydropower, not of wind."
    for on, member in (
        ("2019-05-17", "Hans Gerber"),
        ("2019-05-20", "Grace Otieno"),
        ("2019-05-22", "Kenji Watanabe"),
    ):
        yield day(on)
        stage.ask_for_review(request, member, "additionality", reasons)
    yield day("2019-05-31")
    stage.reply(
        request,
        "huaxia",
        "The benchmark of the power sector applies to all plants; the guidance of the ministry is attached.",
    )


def luliang(stage: Stage) -> Story:
    """Under review: a Party asked, both sides have replied, a decision is proposed and open to objections."""
    project, request = yield from published(
        stage, LULIANG, requested_on="2019-02-04", validator="tuv", published_on="2019-03-06"
    )
    yield day("2019-03-29")
    stage.ask_for_review(
        request,
        "dna JP",
        "monitoring",
        "The gas burnt in the old flare during repairs is not measured and would be credited as if recovered.",
    )
    yield day("2019-04-15")
    stage.reply(
        request, "luliang", "A meter was ordered for the flare; until it runs nothing is claimed for repairs."
    )
    yield day("2019-04-22")
    stage.reply(
        request, "tuv", "We accept the change to the monitoring plan and have seen the order of the meter."
    )
    yield day("2019-05-02")
    board.assess(stage, request, "secretariat", "reject", "The gas burnt in the flare is not measured.")
    board.assess(
        stage, request, "experts", "approve_with_corrections", "With the meter in the plan it is measured."
    )
    yield day("2019-05-13")
    board.assess(
        stage,
        request,
        "experts",
        "approve_with_corrections",
        "The plan is sound once the meter stands in it.",
    )
    yield day("2019-05-20")
    stage.do(
        request.matters.get(),
        "propose",
        "secretariat",
        outcome="approve_with_corrections",
        reasons="The participants ordered a meter for the flare; the document does not say so yet.",
        corrections="Section (h): the meter of the flare, its accuracy and its calibration.",
    )
    project.refresh_from_db()


STORIES = (
    gujarat,
    salto,
    ratlam,
    manantial,
    debari,
    changwon,
    rampura,
    solitude,
    gimcheon,
    ambatolampy,
    yanchi,
    luliang,
)
