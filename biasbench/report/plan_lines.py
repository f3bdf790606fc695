"""A plan, and what the data can bear of it, as lines of text for the analyst's own screen."""

from __future__ import annotations

from biasbench.plans import Plan
from biasbench.plans.checking import Feasible, PlanCheck
from biasbench.report.document import Cell, Table
from biasbench.report.numbers import Lang, whole
from biasbench.report.quantities import quantity
from biasbench.report.terminal import aligned
from biasbench.report.wording import say


def plan_lines(plan: Plan, lang: Lang) -> list[str]:
    """Every planned comparison with its margin, what it rests on and why."""
    names = ("measure", "margin", "anchor", "why", "role")
    rows = []
    for one in plan.metrics:
        kind = quantity(one.metric)
        texts = (
            kind.name(lang),
            f"{kind.margin(one.margin, lang)} {kind.unit(lang)}",
            say(f"ANCHOR-{one.anchor.replace(' ', '-')}", lang),
            one.why,
            say("ROLE-primary" if one.primary else "ROLE-secondary", lang),
        )
        rows.append(tuple(Cell(text) for text in texts))
    heads = tuple(say(f"H-{name}", lang) for name in names)
    table = Table(say("CLI-plan", lang), heads, tuple(rows), (False,) * len(names))
    return [table.caption, *aligned(table)]


def feasible_lines(found: PlanCheck, lang: Lang) -> list[str]:
    """People on each side of each comparison, and how many its margin takes."""
    names = ("measure", "group", "people", "people_against", "needed", "enough")
    rows = [_row(one, found.fewest, lang) for one in found.comparisons]
    heads = tuple(say(f"H-{name}", lang) for name in names)
    numeric = (False, False, True, True, True, False)
    table = Table(say("CLI-feasible", lang), heads, tuple(rows), numeric)
    foot = say("CLI-feasible-foot", lang, {"fewest": whole(found.fewest, lang)})
    return ["", table.caption, *aligned(table), "", foot]


def _row(one: Feasible, fewest: int, lang: Lang) -> tuple[Cell, ...]:
    answer = "ENOUGH-yes" if one.is_enough else "ENOUGH-no"
    if one.fewest < fewest:
        answer = "ENOUGH-none"
    texts = (
        quantity(one.metric).name(lang),
        one.group,
        whole(one.people, lang),
        whole(one.against, lang),
        whole(one.needed, lang),
        say(answer, lang, {"fewest": whole(fewest, lang)}),
    )
    return tuple(Cell(text) for text in texts)
