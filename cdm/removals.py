"""How many tCERs or lCERs a verification gives rise to (5/CMP.1 annex, para 1(g)-(h); rulebook 4.6, no. 8)."""

from __future__ import annotations

from cdm.models import MonitoringPeriod


def certified_before(period: MonitoringPeriod) -> int:
    """What was certified for the project before the period, in t CO2e."""
    earlier = period.project.monitoring_periods.filter(
        certified_at__isnull=False, starts_on__lt=period.starts_on
    ).exclude(state__in=("withdrawn", "rejected"))
    return sum(one.certified_t for one in earlier)


def problem(period: MonitoringPeriod, *, since_start_t: int, certified_t: int) -> str:
    """Why the amount is not what the unit of the project asks for; empty where it is.

    tCERs are all net removals since the start of the project, each verification anew: nothing is subtracted. lCERs are
    the net removals since the previous certification.
    """
    if period.project.removal_unit == "tCER":
        if certified_t == since_start_t:
            return ""
        return (
            f"{certified_t:,} t are certified, but {since_start_t:,} t were removed since the start of the project. "
            "tCERs are issued for all of it at each verification; nothing that was issued before is subtracted."
        )
    before = certified_before(period)
    if since_start_t <= before:
        return (
            f"{since_start_t:,} t were removed since the start of the project, no more than the {before:,} t certified "
            "before. No lCERs can be issued; a loss is a reversal of storage (5/CMP.1 annex, para 49)."
        )
    if certified_t == since_start_t - before:
        return ""
    return (
        f"{certified_t:,} t are certified, but {since_start_t:,} t were removed since the start of the project and "
        f"{before:,} t of them were certified before. lCERs are issued for the difference, "
        f"{since_start_t - before:,} t."
    )
