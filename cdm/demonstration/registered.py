"""Stories of registered projects, each to another point between registration and units in an account."""

from __future__ import annotations

from cdm.demonstration import facts
from cdm.demonstration.chapters import Issuing, certified, instructed, issuance_published, issued, registered
from cdm.demonstration.stage import Stage, Story, day

DECADE = ("2013-01-01", "2018-12-31")


def novagerar(stage: Stage) -> Story:
    """0008: received 22 September 2004, registered 18 November 2004; its first two issuances, forwarded."""
    project = yield from registered(stage, facts.NOVAGERAR, requested_on="2004-09-22", validator="dnv")
    first = Issuing(
        "novagerar",
        "sgs",
        "2004-07-01",
        "2007-12-31",
        {1: 67_303},
        reported_on="2008-01-21",
        certified_on="2008-05-29",
        requested_on="2008-06-18",
        instructed_on="2008-07-10",
        issued_on="2008-07-23",
    )
    request = yield from issued(stage, project, first)
    yield day("2008-07-28")
    account = stage.account("novagerar", "BR")
    asked = stage.ask_for_forwarding(request, "novagerar", (account, 1, 65_957))
    yield day("2008-07-30")
    stage.do(asked, "carry_out", "registry")
    second = Issuing(
        "novagerar",
        "sgs",
        "2008-01-01",
        "2008-12-31",
        {1: 81_530},
        reported_on="2009-03-16",
        certified_on="2009-10-30",
        requested_on="2009-11-25",
        instructed_on="2009-12-16",
        issued_on="2010-01-04",
    )
    request = yield from issued(stage, project, second)
    yield day("2010-01-18")
    fund = stage.account("dutch_fund", "NL")
    asked = stage.ask_for_forwarding(request, "novagerar", (fund, 1, 60_000), (account, 1, 19_899))
    yield day("2010-01-20")
    stage.do(asked, "carry_out", "registry")


def rio_blanco(stage: Stage) -> Story:
    """0028: small scale, so one DOE validated and verified; 7,304 issued, 146 and 7,158."""
    project = yield from registered(stage, facts.RIO_BLANCO, requested_on="2004-12-13", validator="dnv")
    issuing = Issuing(
        "rio_blanco",
        "dnv",
        "2004-08-01",
        "2004-12-31",
        {1: 7_304},
        reported_on="2005-05-02",
        certified_on="2005-08-26",
        requested_on="2005-09-14",
        instructed_on="2005-10-05",
        issued_on="2005-10-20",
    )
    request = yield from issued(stage, project, issuing)
    yield day("2005-11-03")
    account = stage.account("rio_blanco", "HN")
    asked = stage.ask_for_forwarding(request, "rio_blanco", (account, 1, 7_158))
    yield day("2005-11-07")
    stage.do(asked, "carry_out", "registry")


def bujagali(stage: Stage) -> Story:
    """4217: a least developed host gives no share; a period across 2012 gives two blocks."""
    project = yield from registered(stage, facts.BUJAGALI, requested_on="2011-10-07", validator="dnv")
    issuing = Issuing(
        "bujagali",
        "tuv",
        "2011-12-01",
        "2013-10-31",
        {1: 635_939, 2: 763_464},
        reported_on="2013-11-18",
        certified_on="2014-08-20",
        requested_on="2014-09-15",
        completeness_on="2014-09-19",
        published_on="2014-10-08",
        instructed_on="2014-11-12",
        issued_on="2014-11-28",
    )
    request = yield from issued(stage, project, issuing)
    yield day("2014-12-08")
    account = stage.account("bujagali", "UG")
    fund = stage.account("dutch_fund", "NL")
    asked = stage.ask_for_forwarding(
        request, "bujagali", (fund, 1, 300_000), (account, 1, 335_939), (fund, 2, 763_464)
    )
    yield day("2014-12-10")
    stage.do(asked, "carry_out", "registry")


def golmud(stage: Stage) -> Story:
    """Requesting issuance: the window for review closes on 4 June 2019."""
    project = yield from registered(stage, facts.GOLMUD, requested_on="2011-11-07", validator="dnv")
    yield from issuance_published(
        stage,
        project,
        Issuing(
            "huaxia",
            "tuv",
            *DECADE,
            {2: 171_222},
            reported_on="2019-01-14",
            certified_on="2019-03-20",
            requested_on="2019-04-10",
            completeness_on="2019-04-16",
            published_on="2019-05-08",
        ),
    )


def wutong(stage: Stage) -> Story:
    """Instructed, and waiting for the administrative share of proceeds."""
    project = yield from registered(
        stage, facts.WUTONG, requested_on="2012-04-27", validator="sgs", published_on="2012-05-18"
    )
    yield from instructed(
        stage,
        project,
        Issuing(
            "huaxia",
            "tuv",
            *DECADE,
            {2: 312_870},
            reported_on="2019-01-08",
            certified_on="2019-02-14",
            requested_on="2019-02-25",
            completeness_on="2019-03-01",
            published_on="2019-03-27",
            instructed_on="2019-05-13",
        ),
    )


def dafeng(stage: Stage) -> Story:
    """The administrative share paid: the registry administrator may issue."""
    project = yield from registered(
        stage, facts.DAFENG, requested_on="2012-04-27", validator="dnv", published_on="2012-05-21"
    )
    yield from instructed(
        stage,
        project,
        Issuing(
            "huaxia",
            "tuv",
            *DECADE,
            {2: 1_803_112},
            reported_on="2019-01-03",
            certified_on="2019-01-28",
            requested_on="2019-02-04",
            completeness_on="2019-02-11",
            published_on="2019-03-05",
            instructed_on="2019-04-10",
            paid_on="2019-05-29",
        ),
    )


def ishasha(stage: Stage) -> Story:
    """Certified: the DOE has not asked for issuance yet."""
    project = yield from registered(stage, facts.ISHASHA, requested_on="2012-06-08", validator="dnv")
    issuing = Issuing(
        "kanungu", "carbon_check", *DECADE, {2: 104_310}, reported_on="2019-01-21", certified_on="2019-05-28"
    )
    yield from certified(stage, project, issuing)


def fleixeiras(stage: Stage) -> Story:
    """Issued; the participants have asked for the units and the registry has not forwarded them yet."""
    project = yield from registered(stage, facts.FLEIXEIRAS, requested_on="2012-08-24", validator="tuv")
    request = yield from issued(
        stage,
        project,
        Issuing(
            "ventos",
            "carbon_check",
            "2014-01-01",
            "2018-12-31",
            {2: 218_940},
            reported_on="2019-01-04",
            certified_on="2019-01-21",
            requested_on="2019-01-28",
            completeness_on="2019-02-01",
            published_on="2019-02-27",
            instructed_on="2019-04-03",
            paid_on="2019-04-24",
            issued_on="2019-05-08",
        ),
    )
    yield day("2019-05-30")
    account = stage.account("ventos", "BR")
    fund = stage.account("dutch_fund", "NL")
    stage.ask_for_forwarding(request, "ventos", (fund, 2, 150_000), (account, 2, 64_561))


def mindspace(stage: Stage) -> Story:
    """In verification, with a question open."""
    project = yield from registered(
        stage, facts.MINDSPACE, requested_on="2018-07-20", validator="carbon_check"
    )
    yield day("2019-04-24")
    stage.engage(project, "verification", "kbs", "sundew")
    period = stage.period(project, "sundew", "2018-10-01", "2019-03-31", {2: 19_804})
    yield day("2019-05-06")
    stage.do(period, "publish_report", "kbs")
    yield day("2019-05-20")
    question = stage.find(
        period, "CL", "kbs", "(h)", "Attach the calibration certificate of the chiller meter of building 20."
    )
    yield day("2019-05-29")
    stage.write(question, "sundew", "The laboratory has promised the certificate for next week.")


def mangdechhu(stage: Stage) -> Story:
    """Registered; nothing has been monitored yet."""
    yield from registered(stage, facts.MANGDECHHU, requested_on="2019-04-01", validator="carbon_check")


def elsewhere(stage: Stage) -> Story:
    """No project: the secretariat counts those not told here, because fees are deferred in Parties with few."""
    yield day("2011-10-03")
    for party, number in facts.REGISTERED_ELSEWHERE.items():
        stage.count_elsewhere(party, number, facts.COUNTED_ON)


STORIES = (
    novagerar,
    rio_blanco,
    bujagali,
    golmud,
    wutong,
    dafeng,
    ishasha,
    fleixeiras,
    mindspace,
    mangdechhu,
    elsewhere,
)
