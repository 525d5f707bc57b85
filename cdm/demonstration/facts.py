"""What is told of each project. Numbers, places, methodologies and days: UNFCCC public project search."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

SEARCH = "UNFCCC public project search"
INVENTED = "invented for the demonstration"


@dataclass(frozen=True)
class Facts:
    """One project as its design document tells it.

    `number` is the real reference number (0: none), `yearly_t` the average yearly reduction in t CO2e,
    `participants` pairs of an organisation of the cast and the Party asked to authorise it, the developer first;
    `site` is (name, region, latitude, longitude); `technology` chooses the texts (documents.py).
    """

    title: str
    host: str
    yearly_t: int
    methodologies: tuple[tuple[str, str], ...]
    participants: tuple[tuple[str, str], ...]
    site: tuple[str, str, str, str]
    technology: str
    started_on: dt.date
    crediting_from: dt.date
    years: int = 7
    kind: str = "renewable"
    number: int = 0
    scale: str = "large"
    small_scale_type: str = ""
    capacity_mw: Decimal | None = None
    savings_gwh: Decimal | None = None
    is_afforestation: bool = False
    removal_unit: str = ""
    source: str = SEARCH

    @property
    def developer(self) -> str:
        return self.participants[0][0]

    @property
    def other_parties(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(party for _, party in self.participants if party != self.host))


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


NOVAGERAR = Facts(
    title="Brazil NovaGerar Landfill Gas to Energy Project",
    number=8,
    host="BR",
    yearly_t=670_133,
    methodologies=(("AM0003", "1"),),
    participants=(("novagerar", "BR"), ("dutch_fund", "NL")),
    site=("Adrianópolis and Marambaia landfills", "Nova Iguaçu, Rio de Janeiro", "-22.66", "-43.47"),
    technology="landfill",
    started_on=_day("2004-01-15"),
    crediting_from=_day("2004-07-01"),
)
RIO_BLANCO = Facts(
    title="RIO BLANCO Small Hydroelectric Project",
    number=28,
    host="HN",
    yearly_t=17_800,
    methodologies=(("AMS-I.D", "4"),),
    participants=(("rio_blanco", "HN"), ("finnish_programme", "FI")),
    site=("Río Blanco weir and powerhouse", "San Francisco de Yojoa, Cortés", "15.03", "-87.95"),
    technology="hydro",
    started_on=_day("2003-02-01"),
    crediting_from=_day("2004-08-01"),
    scale="small",
    small_scale_type="I",
    capacity_mw=Decimal("5"),
)
BUJAGALI = Facts(
    title="Bujagali Hydropower Project",
    number=4217,
    host="UG",
    yearly_t=858_173,
    methodologies=(("ACM0002", "12"),),
    participants=(("bujagali", "UG"), ("dutch_fund", "NL")),
    site=("Dumbbell Island, Victoria Nile", "Jinja and Buikwe districts", "0.50132", "33.13895"),
    technology="hydro",
    started_on=_day("2007-06-18"),
    crediting_from=_day("2011-12-01"),
)
GOLMUD = Facts(
    title="Qinghai Golmud Solar Power Project",
    number=5379,
    host="CN",
    yearly_t=30_636,
    methodologies=(("ACM0002", "12"),),
    participants=(("huaxia", "CN"), ("nordic_fund", "NO")),
    site=("Golmud solar park", "Golmud, Qinghai", "36.3346", "95.2273"),
    technology="solar",
    started_on=_day("2011-01-20"),
    crediting_from=_day("2013-01-01"),
)
WUTONG = Facts(
    title="Fujian Wutong Hydropower Project",
    number=5614,
    host="CN",
    yearly_t=55_909,
    methodologies=(("ACM0002", "12"),),
    participants=(("huaxia", "CN"), ("setouchi", "JP")),
    site=("Wutong dam", "Yongtai county, Fujian", "25.73", "118.745"),
    technology="hydro",
    started_on=_day("2010-11-03"),
    crediting_from=_day("2013-01-01"),
)
DAFENG = Facts(
    title="Jiangsu Dafeng Wind Power Project",
    number=5832,
    host="CN",
    yearly_t=322_385,
    methodologies=(("ACM0002", "12"),),
    participants=(("huaxia", "CN"), ("setouchi", "JP")),
    site=("Dafeng coast", "Yancheng, Jiangsu", "33.11944", "120.83"),
    technology="wind",
    started_on=_day("2010-08-15"),
    crediting_from=_day("2013-01-01"),
)
ISHASHA = Facts(
    title="Ishasha 6.6 MW Small Hydropower Project",
    number=6381,
    host="UG",
    yearly_t=19_621,
    methodologies=(("AMS-I.D", "17"),),
    participants=(("kanungu", "UG"), ("dutch_fund", "NL")),
    site=("Ishasha river", "Kanungu district", "-0.93556", "29.66861"),
    technology="hydro",
    started_on=_day("2009-04-02"),
    crediting_from=_day("2013-01-01"),
    scale="small",
    small_scale_type="I",
    capacity_mw=Decimal("6.6"),
)
FLEIXEIRAS = Facts(
    title="Fleixeiras I Wind Power Plant CDM Project",
    number=7017,
    host="BR",
    yearly_t=45_876,
    methodologies=(("ACM0002", "12"),),
    participants=(("ventos", "BR"), ("dutch_fund", "NL")),
    site=("Fleixeiras", "Trairi, Ceará", "-3.1923", "-39.3662"),
    technology="wind",
    started_on=_day("2011-05-30"),
    crediting_from=_day("2014-01-01"),
)
MINDSPACE = Facts(
    title="Energy efficiency measures at Mindspace, Hyderabad, Building no. 12A, 12B, 12C & 20 "
    "of Sundew Properties Ltd.",
    number=10406,
    host="IN",
    yearly_t=41_000,
    methodologies=(("AMS-II.E", "10"),),
    participants=(("sundew", "IN"),),
    site=("Mindspace, buildings 12A, 12B, 12C and 20", "Hyderabad, Telangana", "17.4435", "78.3772"),
    technology="efficiency",
    started_on=_day("2016-02-01"),
    crediting_from=_day("2018-10-01"),
    years=10,
    kind="fixed",
    scale="small",
    small_scale_type="II",
    savings_gwh=Decimal("45"),
)
MANGDECHHU = Facts(
    title="Mangdechhu Hydroelectric Project Authority",
    number=10472,
    host="BT",
    yearly_t=2_421_268,
    methodologies=(("ACM0002", "19"),),
    participants=(("druk", "BT"),),
    site=("Mangdechhu river", "Trongsa district", "27.4563", "90.5023"),
    technology="hydro",
    started_on=_day("2012-01-01"),
    crediting_from=_day("2019-09-01"),
)
AMBATOLAMPY = Facts(
    title="Ambatolampy 20 MW solar PV",
    number=10481,
    host="MG",
    yearly_t=23_344,
    methodologies=(("ACM0002", "19"),),
    participants=(("island_solar", "MG"),),
    site=("Ambatolampy", "Vakinankaratra", "-19.3833", "47.4333"),
    technology="solar",
    started_on=_day("2017-03-06"),
    crediting_from=_day("2019-08-01"),
)
SOLITUDE = Facts(
    title="Solitude 16 MW solar PV",
    number=10483,
    host="MU",
    yearly_t=28_882,
    methodologies=(("ACM0002", "19"),),
    participants=(("island_solar", "MU"),),
    site=("Solitude", "Pamplemousses district", "-20.0986", "57.5400"),
    technology="solar",
    started_on=_day("2017-10-16"),
    crediting_from=_day("2019-09-01"),
)
SALTO = Facts(
    title="SHP Salto Santo Antonio CDM Project (JUN1205), Brazil",
    number=10490,
    host="BR",
    yearly_t=15_868,
    methodologies=(("AMS-I.D", "18"),),
    participants=(("rio_tigre", "BR"),),
    site=("Salto Santo Antonio", "Paraná", "-26.0800", "-53.0550"),
    technology="hydro",
    started_on=_day("2017-05-22"),
    crediting_from=_day("2020-01-01"),
    scale="small",
    small_scale_type="I",
    capacity_mw=Decimal("13"),
)
DEBARI = Facts(
    title="19.2 MWp Solar Power Project by HZL at Debari and Dariba, Rajasthan",
    number=10496,
    host="IN",
    yearly_t=24_054,
    methodologies=(("ACM0002", "19"),),
    participants=(("zinc", "IN"),),
    site=("Debari and Dariba", "Udaipur and Rajsamand, Rajasthan", "24.6100", "73.8100"),
    technology="solar",
    started_on=_day("2017-12-11"),
    crediting_from=_day("2019-10-01"),
    years=10,
    kind="fixed",
)
RATLAM = Facts(
    title="Wind power project in Ratlam, MP",
    number=10500,
    host="IN",
    yearly_t=129_068,
    methodologies=(("ACM0002", "19"),),
    participants=(("kaze", "IN"), ("nordic_fund", "NO")),
    site=("Ratlam wind farm", "Ratlam, Madhya Pradesh", "23.3300", "75.0400"),
    technology="wind",
    started_on=_day("2016-03-01"),
    crediting_from=_day("2020-01-01"),
)
CHANGWON = Facts(
    title="LFG power plant in Changwon",
    number=10501,
    host="KR",
    yearly_t=13_952,
    methodologies=(("AMS-III.G", "9"), ("AMS-I.D", "18")),
    participants=(("changwon", "KR"),),
    site=("Cheonseon landfill", "Changwon, Gyeongsangnam-do", "35.2100", "128.7000"),
    technology="landfill",
    started_on=_day("2017-06-07"),
    crediting_from=_day("2019-11-01"),
    scale="small",
    small_scale_type="III",
)
GIMCHEON = Facts(
    title="Gimcheon SEED 1.5MW PV power plant project",
    number=10503,
    host="KR",
    yearly_t=1_265,
    methodologies=(("AMS-I.D", "18"),),
    participants=(("changwon", "KR"),),
    site=("Gimcheon", "Gyeongsangbuk-do", "36.1400", "128.1100"),
    technology="solar",
    started_on=_day("2018-04-16"),
    crediting_from=_day("2019-11-01"),
    scale="small",
    small_scale_type="I",
    capacity_mw=Decimal("1.5"),
)
GUJARAT = Facts(
    title="Wind power project in Gujarat by Kaze Energy Limited",
    number=10508,
    host="IN",
    yearly_t=109_044,
    methodologies=(("ACM0002", "19"),),
    participants=(("kaze", "IN"),),
    site=("Kutch wind farm", "Kutch, Gujarat", "23.2500", "69.6700"),
    technology="wind",
    started_on=_day("2017-08-01"),
    crediting_from=_day("2020-04-01"),
)
RAMPURA = Facts(
    title="22 MW Solar Power Project by HZL at Rampura agucha Mine, Rajasthan",
    number=10521,
    host="IN",
    yearly_t=40_012,
    methodologies=(("ACM0002", "19"),),
    participants=(("zinc", "IN"),),
    site=("Rampura Agucha mine", "Bhilwara, Rajasthan", "25.8300", "74.7400"),
    technology="solar",
    started_on=_day("2018-02-05"),
    crediting_from=_day("2019-12-01"),
    years=10,
    kind="fixed",
)
MANANTIAL = Facts(
    title="Reforestation of Grazing Lands Hacienda El Manantial in Puerto Lopez, Colombia",
    number=10510,
    host="CO",
    yearly_t=30_691,
    methodologies=(("AR-ACM0003", "2"),),
    participants=(("manantial", "CO"),),
    site=("Hacienda El Manantial", "Puerto López, Meta", "4.0900", "-72.9600"),
    technology="forest",
    started_on=_day("2012-05-01"),
    crediting_from=_day("2012-05-01"),
    years=30,
    kind="fixed",
    is_afforestation=True,
    removal_unit="lCER",
)

COUNTED_ON = _day("2011-09-30")
REGISTERED_ELSEWHERE = {"BR": 198, "CN": 1_734, "CO": 32, "HN": 20, "IN": 761, "KR": 62}
"""Projects registered by COUNTED_ON that are not told here, by host Party (the public project search)."""
