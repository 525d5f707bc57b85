"""Stories that end without registration. Their projects are invented, so that nothing false is said of a real one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from cdm.demonstration import board
from cdm.demonstration.chapters import published
from cdm.demonstration.facts import INVENTED, Facts
from cdm.demonstration.stage import Stage, Story, day

YANCHI = Facts(
    title="Yanchi Plateau Wind Farm, second stage",
    host="CN",
    yearly_t=98_400,
    methodologies=(("ACM0002", "19"),),
    participants=(("huaxia", "CN"), ("setouchi", "JP")),
    site=("Yanchi plateau", "Ningxia", "37.78", "107.40"),
    technology="wind",
    started_on=dt.date(2017, 6, 1),
    crediting_from=dt.date(2019, 10, 1),
    source=INVENTED,
)
LULIANG = Facts(
    title="Luliang Coke Oven Gas Power Generation",
    host="CN",
    yearly_t=142_700,
    methodologies=(("ACM0012", "6"),),
    participants=(("luliang", "CN"), ("setouchi", "JP")),
    site=("Luliang coking plant", "Luliang, Shanxi", "37.52", "111.14"),
    technology="waste_heat",
    started_on=dt.date(2017, 3, 15),
    crediting_from=dt.date(2019, 9, 1),
    years=10,
    kind="fixed",
    source=INVENTED,
)
AGUAN = Facts(
    title="Aguán Valley Palm Mill Biogas",
    host="HN",
    yearly_t=41_300,
    methodologies=(("AMS-III.H", "16"),),
    participants=(("rio_blanco", "HN"), ("dutch_fund", "NL")),
    site=("Aguán mill", "Tocoa, Colón", "15.68", "-86.00"),
    technology="biogas",
    started_on=dt.date(2011, 5, 2),
    crediting_from=dt.date(2013, 7, 1),
    scale="small",
    small_scale_type="III",
    source=INVENTED,
)
SERRA_AZUL = Facts(
    title="Serra Azul Small Hydropower",
    host="BR",
    yearly_t=18_200,
    methodologies=(("AMS-I.D", "17"),),
    participants=(("rio_tigre", "BR"),),
    site=("Serra Azul", "Minas Gerais", "-20.10", "-44.20"),
    technology="hydro",
    started_on=dt.date(2011, 9, 1),
    crediting_from=dt.date(2013, 1, 1),
    scale="small",
    small_scale_type="I",
    capacity_mw=Decimal("9.8"),
    source=INVENTED,
)
THAR = Facts(
    title="Thar Edge Solar Park",
    host="IN",
    yearly_t=36_500,
    methodologies=(("ACM0002", "18"),),
    participants=(("kaze", "IN"),),
    site=("Thar edge", "Barmer, Rajasthan", "25.75", "71.39"),
    technology="solar",
    started_on=dt.date(2016, 2, 1),
    crediting_from=dt.date(2018, 1, 1),
    source=INVENTED,
)
GANGWON = Facts(
    title="Gangwon Ridge Wind Farm",
    host="KR",
    yearly_t=52_900,
    methodologies=(("ACM0002", "16"),),
    participants=(("changwon", "KR"),),
    site=("Gangwon ridge", "Gangwon-do", "37.72", "128.71"),
    technology="wind",
    started_on=dt.date(2014, 3, 3),
    crediting_from=dt.date(2016, 1, 1),
    source=INVENTED,
)
KAGERA = Facts(
    title="Kagera Valley Mini Hydropower",
    host="UG",
    yearly_t=9_700,
    methodologies=(("AMS-I.D", "18"),),
    participants=(("kanungu", "UG"),),
    site=("Kagera valley", "Isingiro district", "-0.99", "30.80"),
    technology="hydro",
    started_on=dt.date(2015, 8, 10),
    crediting_from=dt.date(2017, 7, 1),
    scale="small",
    small_scale_type="I",
    capacity_mw=Decimal("3.2"),
    source=INVENTED,
)


def aguan(stage: Stage) -> Story:
    """Rejected by the Board after a review that three members asked for."""
    _, request = yield from published(
        stage, AGUAN, requested_on="2013-02-18", validator="tuv", published_on="2013-03-12"
    )
    for on, member in (
        ("2013-03-25", "Hans Gerber"),
        ("2013-03-28", "Lance Baptiste"),
        ("2013-04-03", "Eduardo Paz"),
    ):
        yield day(on)
        stage.ask_for_review(
            request, member, "additionality", "The cover of the ponds was ordered by a permit of 2009."
        )
    yield day("2013-04-18")
    stage.reply(request, "rio_blanco", "The permit recommends a cover and does not order it.")
    yield day("2013-04-24")
    stage.reply(request, "tuv", "Our reading of the permit is that of the participants.")
    yield day("2013-05-02")
    board.assess(stage, request, "secretariat", "reject", "The permit orders what is claimed as additional.")
    board.assess(stage, request, "experts", "reject", "The baseline is what the permit requires.")
    yield day("2013-05-10")
    matter = request.matters.get()
    stage.do(
        matter,
        "propose",
        "secretariat",
        outcome="reject",
        reasons="The permit of 2009 is conditional on the cover. What the law of the host Party requires is the "
        "baseline, so reductions by the cover are not additional (3/CMP.1 annex, paras 43 and 45).",
    )
    # no member objected until the 20th day
    yield day("2013-06-14")
    matter.refresh_from_db()
    stage.do(
        matter,
        "publish_ruling_note",
        "secretariat",
        facts="The environmental permit of 2009 allows the ponds on condition that they are covered.",
        rule="3/CMP.1 annex, paras 43 and 45(e): reductions are additional to what would have occurred.",
        rationale="The cover would have been built without the mechanism, because the permit requires it.",
    )


def serra_azul(stage: Stage) -> Story:
    """Withdrawn by its developer while it was validated."""
    yield day("2012-03-05")
    project = stage.submit(SERRA_AZUL)
    yield day("2012-03-26")
    stage.approve(project, "BR")
    stage.engage(project, "validation", "sgs", "rio_tigre")
    yield day("2012-04-02")
    stage.do(project, "publish", "sgs")
    yield day("2012-06-11")
    stage.do(
        project,
        "withdraw",
        "rio_tigre",
        "The concession was sold; the buyer does not go on with the mechanism.",
    )


def thar(stage: Stage) -> Story:
    """The host refused its letter, and the developer withdrew before publication."""
    yield day("2017-05-08")
    project = stage.submit(THAR)
    yield day("2017-06-14")
    stage.do(
        project.letters.get(party="IN"),
        "refuse",
        "dna IN",
        "The land is recorded as common grazing land; the consent of the village council is missing.",
    )
    yield day("2017-07-03")
    stage.do(project, "withdraw", "kaze", "Another site will be looked for.")


def gangwon(stage: Stage) -> Story:
    """A negative validation opinion."""
    yield day("2015-02-09")
    project = stage.submit(GANGWON)
    yield day("2015-03-02")
    stage.approve(project, "KR")
    stage.engage(project, "validation", "tuv", "changwon")
    yield day("2015-03-09")
    stage.do(project, "publish", "tuv")
    yield day("2015-05-11")
    stage.find(
        project, "CAR", "tuv", "(d)", "Turbines were ordered before the mechanism was considered at all."
    )
    yield day("2015-08-17")
    stage.report(project, "tuv")
    stage.do(
        project,
        "give_negative_opinion",
        "tuv",
        opinion="The contract for the turbines is older than any sign that the mechanism was considered. The project "
        "activity is not shown to be additional.",
    )


def kagera(stage: Stage) -> Story:
    """The DOE ended the validation: its questions stayed without an answer."""
    yield day("2016-08-01")
    project = stage.submit(KAGERA)
    yield day("2016-08-22")
    stage.approve(project, "UG")
    stage.engage(project, "validation", "carbon_check", "kanungu")
    yield day("2016-08-29")
    stage.do(project, "publish", "carbon_check")
    yield day("2016-10-17")
    stage.find(project, "CL", "carbon_check", "(g)", "Attach the minutes of the meeting with the neighbours.")
    yield day("2017-04-24")
    stage.do(project, "terminate_validation", "carbon_check", "No answer to CL 1 within six months.")


STORIES = (aguan, serra_azul, thar, gangwon, kagera)
