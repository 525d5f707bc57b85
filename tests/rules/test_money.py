"""Fees and the administrative share of proceeds: the worked examples of rulebook section 3."""

from datetime import date
from decimal import Decimal

import pytest

from cdm.rules import money
from cdm.rules.errors import NoSuchRule, RuleError
from cdm.rules.instalments import available_units, long_term_units_basis, problem, temporary_units_basis

DEMONSTRATION = date(2019, 6, 3)


def fee(average_annual_t, *, on=DEMONSTRATION, host="BR", projects=300):
    return money.registration_fee(
        average_annual_t=average_annual_t, requested_on=on, host=host, registered_projects_in_host=projects
    )


def levy(quantity, *, before=0, on=DEMONSTRATION, host="BR", prepaid="0"):
    return money.administrative_share(
        quantity=quantity,
        already_requested_this_year=before,
        requested_on=on,
        host=host,
        prepaid_usd=Decimal(prepaid),
    )


@pytest.mark.parametrize(
    ("average", "usd"),
    [
        (100_000, "18500"),
        (14_999, "0"),
        (15_000, "1500"),
        (15_001, "1500.20"),
        (2_000_000, "350000"),
        (1_757_500, "350000"),
        (1_757_499, "349999.80"),
        (0, "0"),
        (670_133, "132526.60"),
    ],
)
def test_registration_fee_since_march_2006(average, usd):
    assert fee(average).amount_usd == Decimal(usd)
    assert fee(average).due_usd == Decimal(usd)
    assert fee(average, on=date(2006, 3, 1)).amount_usd == Decimal(usd)


@pytest.mark.parametrize(
    ("average", "usd"),
    [
        (1, 5000),
        (15_000, 5000),
        (15_001, 10_000),
        (17_800, 10_000),  # Rio Blanco
        (50_000, 10_000),
        (50_001, 15_000),
        (100_000, 15_000),
        (100_001, 20_000),
        (200_000, 20_000),
        (200_001, 30_000),
        (670_133, 30_000),  # NovaGerar
    ],
)
def test_fixed_scale_before_march_2006(average, usd):
    for on in (date(2004, 9, 1), date(2006, 2, 28)):
        assert fee(average, on=on).amount_usd == usd
    assert fee(average, on=date(2006, 3, 1)).amount_usd != usd


def test_the_working_is_a_line_for_each_step():
    assert fee(100_000).working == (
        "15,000 t at USD 0.10 = USD 1,500.00.",
        "85,000 t at USD 0.20 = USD 17,000.00.",
        "Together USD 18,500.00.",
    )
    assert fee(2_000_000).working[-1] == "The fee is at most USD 350,000.00."
    assert fee(14_999).working == ("14,999 t a year is below 15,000 t: no registration fee.",)
    assert "EB 37 annex 20" in fee(100_000).source


@pytest.mark.parametrize(
    ("host", "on", "usd"),
    [
        ("UG", date(2007, 12, 14), "18500"),
        ("UG", date(2007, 12, 15), "0"),  # 2/CMP.3, para 31
        ("UG", DEMONSTRATION, "0"),
        ("CV", date(2007, 12, 19), "0"),
        ("CV", date(2007, 12, 20), "18500"),  # no longer least developed
    ],
)
def test_least_developed_hosts_pay_nothing_from_december_2007(host, on, usd):
    assert fee(100_000, on=on, host=host).amount_usd == Decimal(usd)
    paid = levy(100_000, on=on, host=host)
    assert paid.amount_usd == Decimal(usd)
    if usd == "0":
        assert "2/CMP.3, para 31" in paid.source
        assert "least developed" in paid.working[0]


@pytest.mark.parametrize(
    ("projects", "on", "deferred"),
    [
        (9, date(2009, 12, 18), False),
        (9, date(2009, 12, 19), True),  # 2/CMP.5
        (10, date(2009, 12, 19), False),
        (0, DEMONSTRATION, True),
    ],
)
def test_fee_deferred_where_fewer_than_ten_are_registered(projects, on, deferred):
    found = fee(100_000, on=on, host="FJ", projects=projects)
    assert found.deferred is deferred
    assert found.amount_usd == Decimal(18500)
    assert found.due_usd == (0 if deferred else Decimal(18500))
    if deferred:
        assert "paid after the first issuance" in found.working[-1]


def test_a_fee_of_nothing_is_not_deferred():
    assert not fee(10_000, host="FJ", projects=0).deferred


@pytest.mark.parametrize(
    ("quantity", "before", "prepaid", "amount", "due", "used"),
    [
        (100_000, 0, "0", "18500", "18500", "0"),
        (15_000, 0, "0", "1500", "1500", "0"),
        (15_001, 0, "0", "1500.20", "1500.20", "0"),
        (10_000, 10_000, "0", "1500", "1500", "0"),  # 5,000 at 0.10 and 5,000 at 0.20
        (10_000, 15_000, "0", "2000", "2000", "0"),
        (10_000, 40_000, "0", "2000", "2000", "0"),
        (100_000, 0, "18500", "18500", "0", "18500"),
        (100_000, 0, "18499.99", "18500", "0.01", "18499.99"),
        (10_000, 0, "18500", "1000", "0", "1000"),
        (0, 0, "100", "0", "0", "0"),
        (67_303, 0, "30000", "11960.60", "0", "11960.60"),  # NovaGerar's first amount
    ],
)
def test_administrative_share_per_calendar_year_net_of_the_fee(quantity, before, prepaid, amount, due, used):
    found = levy(quantity, before=before, prepaid=prepaid)
    assert found.amount_usd == Decimal(amount)
    assert found.due_usd == Decimal(due)
    assert found.prepaid_used_usd == Decimal(used)
    assert found.due_usd + found.prepaid_used_usd == found.amount_usd


def test_two_requests_in_a_year_cost_what_one_would():
    for first in (1, 14_999, 15_000, 15_001, 60_000):
        parts = levy(first).amount_usd + levy(80_000 - first, before=first).amount_usd
        assert parts == levy(80_000).amount_usd


def test_flat_rate_before_march_2006():
    assert levy(7304, on=date(2005, 10, 20), host="HN").amount_usd == Decimal("1460.80")
    assert levy(7304, on=date(2006, 2, 28), host="HN").amount_usd == Decimal("1460.80")
    assert levy(7304, on=date(2006, 3, 1), host="HN").amount_usd == Decimal("730.40")


def test_the_working_of_the_share():
    assert levy(10_000, before=10_000, prepaid="600").working == (
        "10,000 units were already requested in 2019.",
        "5,000 units at USD 0.10 = USD 500.00.",
        "5,000 units at USD 0.20 = USD 1,000.00.",
        "Together USD 1,500.00.",
        "USD 600.00 of the registration fee paid in advance is used.",
        "USD 1,500.00 - USD 600.00 = USD 900.00 to pay.",
    )


def test_refund_above_30000_where_a_project_is_not_registered():
    for paid, back in (("30000", "0"), ("29999.99", "0"), ("132526.60", "102526.60")):
        found = money.refund_if_not_registered(paid_usd=Decimal(paid), requested_on=DEMONSTRATION)
        assert found == Decimal(back)


@pytest.mark.parametrize("bad", [-1, 1.5, Decimal("10"), True, "100", None])
def test_quantities_that_are_not_whole_are_refused(bad):
    with pytest.raises(RuleError, match=r"must be a whole number|must not be negative"):
        fee(bad)
    with pytest.raises(RuleError, match=r"must be a whole number|must not be negative"):
        levy(bad)
    with pytest.raises(RuleError):
        levy(10, before=bad)
    with pytest.raises(RuleError):
        fee(10, projects=bad)


@pytest.mark.parametrize("bad", [Decimal("-1"), Decimal("NaN"), Decimal("0.001"), Decimal("Infinity")])
def test_prepayments_that_are_no_amount_are_refused(bad):
    with pytest.raises(RuleError, match="prepaid amount"):
        levy(10, prepaid=str(bad))


def test_a_float_is_no_amount():
    with pytest.raises(RuleError, match="exact amount"):
        money.money("payment", 1.5)


def test_an_unknown_host_is_refused():
    with pytest.raises(NoSuchRule):
        fee(100_000, host="XX")


def test_units_available_in_proportion_to_what_is_paid():
    """CDM-EB96-A11: 100,000 units cost 18,500; 1,500 paid makes 8,108 available."""
    amount = Decimal("18500")
    assert available_units(quantity=100_000, amount_usd=amount, paid_usd=Decimal("1500")) == 8108
    assert available_units(quantity=100_000, amount_usd=amount, paid_usd=Decimal("0")) == 0
    assert available_units(quantity=100_000, amount_usd=amount, paid_usd=amount) == 100_000
    assert available_units(quantity=100_000, amount_usd=Decimal(0), paid_usd=Decimal(0)) == 100_000


@pytest.mark.parametrize(
    ("on", "payments_before", "payment", "sentence"),
    [
        (date(2016, 5, 1), 0, "9000", "paid in one payment"),
        (date(2016, 5, 1), 0, "18500", ""),
        (date(2018, 5, 1), 0, "9000", ""),
        (date(2018, 5, 1), 0, "1499.99", "at least USD 1,500.00"),
        (date(2018, 5, 1), 2, "9000", "At most 3 instalments"),
        (date(2018, 5, 1), 2, "18500", ""),
        (date(2020, 6, 1), 7, "9000", ""),  # EB 106
        (date(2020, 6, 1), 7, "1000", "at least USD 1,500.00"),
        (date(2018, 5, 1), 0, "18500.01", "more than the USD 18,500.00 still due"),
        (date(2018, 5, 1), 0, "0", "must be above USD 0.00"),
    ],
)
def test_instalments(on, payments_before, payment, sentence):
    found = problem(
        amount_usd=Decimal(18500),
        paid_before_usd=Decimal(0),
        payments_before=payments_before,
        payment_usd=Decimal(payment),
        on=on,
    )
    assert (sentence in found) if sentence else found == ""


def test_removals_pay_only_for_what_is_new():
    """EB 36 annex 21 (rulebook 3.2)."""
    assert temporary_units_basis(requested=50_000, highest_issued_before=30_000) == 20_000
    assert temporary_units_basis(requested=20_000, highest_issued_before=30_000) == 0
    assert long_term_units_basis(requested=10_000, history=()) == 10_000
    assert long_term_units_basis(requested=10_000, history=(30_000,)) == 10_000
    assert long_term_units_basis(requested=10_000, history=(30_000, -4_000)) == 6_000
    assert long_term_units_basis(requested=3_000, history=(30_000, -4_000)) == 0
