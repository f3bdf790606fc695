"""A bonus scale in a TOML file, and everything in one that contradicts itself.

    currency = "EUR"
    period = "month"                       # the only one there is

    [kpis.calm]
    direction = "higher is better"         # or "higher is worse": seconds, complaints
    scale_min = 0                          # lowest and highest value there can be
    scale_max = 100
    weight = 0.7                           # in the weighted sum; all weights add up to 1

    [kpis.handling_seconds]
    direction = "higher is worse"
    scale_min = 120
    scale_max = 900
    weight = 0.3

    [[steps]]                              # from the easiest to the hardest
    from = 70
    amount = 60
    on = "sum"                             # or the name of a KPI, in that KPI's own unit

    [[steps]]
    from = 80
    amount = 120
    on = "sum"

    [cap]
    month = 150                            # no more than that in all

    [eligibility]                          # each line may be left out
    calls = 20                             # at least so many calls in the month
    months = 3                             # at least so many months of service
    kpis = { calm = 40 }                   # at least so much (at most, where higher is worse)

    [rounding]
    score = 0                              # decimals of what is held against a step
    amount = 2                             # decimals of the amount

The sum is on 0 … 100 whatever the scales of its KPIs (`scale`). Steps on different KPIs are
ladders of their own, and their amounts add up. With one KPI `on` may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from biasbench.consequences.bonus.scale import (
    SUM,
    BonusScale,
    Eligibility,
    Kpi,
    KpiDirection,
    Ladder,
)
from biasbench.errors import OptionError
from biasbench.tables.toml_parts import Part, nearest, read_toml

_TOP = ("currency", "period", "kpis", "steps", "cap", "eligibility", "rounding")

#: Weights written with three decimals, such as 0.333 three times, count as adding up to 1.
_WEIGHT_SLACK = 0.0011


def read_scale(path: str | Path) -> BonusScale:
    """The scale in a TOML file (module docstring), or what is wrong with it in one line.

    Raises NotFoundError for a missing file, and OptionError with file, key, value and what to do
    for a scale that cannot be read or contradicts itself.

    >>> read_scale("nowhere.toml")
    Traceback (most recent call last):
    biasbench.errors.NotFoundError: nowhere.toml: no such file
    """
    written = read_toml(path)
    return parse_scale(written.content, source=written.source)


def parse_scale(written: Mapping[str, Any], *, source: str = "scale") -> BonusScale:
    """The scale in a mapping of the same keys; `source` names it in messages.

    >>> scale = parse_scale({
    ...     "currency": "EUR", "period": "month", "steps": [{"from": 75, "amount": 120}],
    ...     "kpis": {"calm": {"direction": "higher is better", "scale_min": 0, "scale_max": 100}}})
    >>> scale.rule
    'calm ≥ 75 → 120 EUR'
    """
    top = Part(source, "", written)
    top.known(_TOP)
    currency = top.text("currency", 'write the currency of the amounts: currency = "EUR"')
    period = top.text("period", 'write what an amount is paid for: period = "month"')
    if period != "month":
        raise top.wrong("period", 'amounts are paid a month here: write period = "month"')
    kpis = _kpis(top)
    ladders = _ladders(top, kpis)
    _check_weights(top, kpis, ladders)
    cap = _cap(top, ladders)
    rounding = top.part("rounding")
    rounding.known(("score", "amount"))
    amount_decimals = rounding.whole("amount")
    eligibility = _eligibility(top, kpis)
    scale = BonusScale(
        currency=currency,
        kpis=kpis,
        ladders=ladders,
        cap=cap,
        eligibility=eligibility,
        score_decimals=rounding.whole("score"),
        amount_decimals=2 if amount_decimals is None else amount_decimals,
    )
    for kpi in kpis:
        if kpi.name not in scale.reads:
            raise OptionError(
                f"{source}: [kpis.{kpi.name}]: no step, weight or eligibility reads this KPI: "
                "use it, or leave the section out"
            )
    return scale


def _kpis(top: Part) -> tuple[Kpi, ...]:
    all_of_them = top.part("kpis")
    if not all_of_them.content:
        raise OptionError(f"{top.source}: no KPI: write at least one section [kpis.name]")
    found = []
    for name in all_of_them.content:
        part = all_of_them.part(name)
        part.known(("direction", "scale_min", "scale_max", "weight"))
        if name == SUM:
            raise OptionError(
                f"{top.source}: [kpis.{SUM}]: '{SUM}' means the weighted sum; give the KPI "
                "another name"
            )
        choices = " or ".join(f'"{choice}"' for choice in get_args(KpiDirection))
        direction = part.text("direction", f"say which way is better: direction = {choices}")
        if direction not in get_args(KpiDirection):
            raise part.wrong("direction", f"write {choices}")
        low = part.needed("scale_min", "the lowest value there can be")
        high = part.needed("scale_max", "the highest value there can be")
        if low >= high:
            raise part.wrong("scale_max", f"it must be above scale_min, {low:g}")
        weight = part.number("weight")
        if weight is not None and not 0 < weight <= 1:
            raise part.wrong("weight", "a weight is a share above 0 and up to 1: 30 % is 0.3")
        found.append(Kpi(name, cast(KpiDirection, direction), low, high, weight or 0.0))
    return tuple(found)


def _ladders(top: Part, kpis: Sequence[Kpi]) -> tuple[Ladder, ...]:
    steps = top.content.get("steps", [])
    if not isinstance(steps, list) or not steps or not all(isinstance(s, Mapping) for s in steps):
        raise OptionError(f"{top.source}: no step: write each as [[steps]] with from and amount")
    ladders: dict[str, list[tuple[Part, float, float]]] = {}
    for number, step in enumerate(steps, start=1):
        part = Part(top.source, f"steps, number {number}", step)
        part.known(("from", "amount", "on"))
        on = _stands_on(part, kpis)
        threshold = part.needed("from", "the value from which the step is reached")
        amount = part.needed("amount", "what the step pays a month")
        if amount < 0:
            raise part.wrong("amount", "an amount is 0 or more; a deduction is no bonus step")
        low, high = _range_of(on, kpis)
        if not low <= threshold <= high:
            unit = "the weighted sum" if on == SUM else f"the KPI '{on}'"
            raise part.wrong("from", f"{unit} lies between {low:g} and {high:g}")
        before = ladders.setdefault(on, [])
        if before:
            _check_after(part, threshold, amount, before[-1], higher=_higher_passes(on, kpis))
        before.append((part, threshold, amount))
    return tuple(
        Ladder(
            on,
            tuple(threshold for _, threshold, _ in found),
            tuple(amount for _, _, amount in found),
            _higher_passes(on, kpis),
        )
        for on, found in ladders.items()
    )


def _check_after(
    part: Part,
    threshold: float,
    amount: float,
    before: tuple[Part, float, float],
    *,
    higher: bool,
) -> None:
    _, easier, easier_amount = before
    if threshold == easier:
        raise part.wrong("from", "the step before it stands there too; keep one of them")
    if (threshold > easier) != higher:
        way = "above" if higher else "below"
        raise part.wrong(
            "from", f"steps go from the easiest to the hardest, and this is not {way} {easier:g}"
        )
    if amount < easier_amount:
        raise part.wrong(
            "amount", f"the step before it, easier to reach, pays {easier_amount:g}; pay no less"
        )


def _stands_on(part: Part, kpis: Sequence[Kpi]) -> str:
    names = [kpi.name for kpi in kpis]
    on = part.content.get("on")
    if on is None and len(kpis) == 1:
        return names[0]
    if on is None:
        raise OptionError(
            f"{part.place}: on is missing: with {len(kpis)} KPIs write what the step stands on, "
            f'on = "{SUM}" or one of {", ".join(names)}'
        )
    if on != SUM and on not in names:
        raise part.wrong(
            "on", f"{nearest(str(on), names)}write '{SUM}' or one of {', '.join(names)}"
        )
    if on == SUM and len(kpis) == 1:
        return names[0]
    return str(on)


def _check_weights(top: Part, kpis: Sequence[Kpi], ladders: Sequence[Ladder]) -> None:
    weights = {kpi.name: kpi.weight for kpi in kpis if kpi.weight}
    has_sum = any(ladder.on == SUM for ladder in ladders)
    if not weights and not has_sum:
        return
    total = sum(weights.values())
    written = " + ".join(f"{name} {weight:g}" for name, weight in weights.items()) or "none given"
    if len(kpis) > 1 and weights and not has_sum:
        raise OptionError(
            f"{top.source}: [kpis] weight: weights are given ({written}) and no step stands on "
            f'the sum: write on = "{SUM}" in a step, or leave the weights out'
        )
    if abs(total - 1) > _WEIGHT_SLACK:
        raise OptionError(
            f"{top.source}: [kpis] weight: {written} = {total:g}; weights must add up to 1"
        )


def _cap(top: Part, ladders: Sequence[Ladder]) -> float | None:
    part = top.part("cap")
    part.known(("month",))
    cap = part.number("month")
    if cap is None:
        return None
    paying = [amount for ladder in ladders for amount in ladder.amounts if amount > 0]
    if cap < min(paying, default=0.0):
        least = f"{min(paying, default=0.0):g}"
        raise part.wrong("month", f"below what the first step pays, {least}: nobody could get it")
    return cap


def _eligibility(top: Part, kpis: Sequence[Kpi]) -> Eligibility:
    part = top.part("eligibility")
    part.known(("calls", "months", "kpis"))
    bounds = part.part("kpis")
    bounds.known([kpi.name for kpi in kpis])
    found = {}
    for kpi in kpis:
        bound = bounds.number(kpi.name)
        if bound is None:
            continue
        if not kpi.scale_min <= bound <= kpi.scale_max:
            reach = "nobody can reach it" if _beyond(bound, kpi) else "everybody does"
            raise bounds.wrong(
                kpi.name,
                f"the KPI lies between {kpi.scale_min:g} and {kpi.scale_max:g}: {reach}",
            )
        found[kpi.name] = bound
    least = {}
    for name in ("calls", "months"):
        least[name] = part.number(name)
        if (least[name] or 0) < 0:
            raise part.wrong(name, f"a number of {name} is 0 or more")
    return Eligibility(found, least["calls"], least["months"])


def _beyond(bound: float, kpi: Kpi) -> bool:
    return bound > kpi.scale_max if kpi.higher_passes else bound < kpi.scale_min


def _range_of(on: str, kpis: Sequence[Kpi]) -> tuple[float, float]:
    if on == SUM:
        return 0.0, 100.0
    kpi = next(kpi for kpi in kpis if kpi.name == on)
    return kpi.scale_min, kpi.scale_max


def _higher_passes(on: str, kpis: Sequence[Kpi]) -> bool:
    return on == SUM or next(kpi for kpi in kpis if kpi.name == on).higher_passes
