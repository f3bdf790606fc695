"""Sections: the rules in each part of a TOML, and what contradicts itself in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import cast, get_args

from biasbench.errors import OptionError, not_found
from biasbench.systems.interact.keys import Section
from biasbench.systems.interact.rules import (
    FULL,
    Avoid,
    Limit,
    Pace,
    Prompt,
    Say,
    Silence,
    When,
)

#: Languages that prompts are worded in and that rules can be written for.
LANGUAGES = ("en", "fr")

#: Rules that are broken at a time, whatever they are told of.
TIMED_RULES = ("pace.too_fast", "pace.too_slow", "silence.gap")


def read_say(section: Section, lists: tuple[str, ...]) -> Iterator[Say]:
    """The rules of [politeness]; the points must add up to 100."""
    points = []
    for category in section.left:
        key = section.key(category)
        _check_list(section, category, lists)
        rule = section.section(category)
        only_if = rule.optional_text("only_if")
        if only_if is not None and only_if not in lists:
            raise OptionError(
                f"{rule.file}: {rule.key('only_if')}: {not_found('list', only_if, lists)}"
            )
        points.append(rule.number("points"))
        yield Say(
            key=key,
            category=category,
            at_least=rule.whole("at_least", lowest=1),
            points=points[-1],
            within=rule.optional_number("within"),
            only_if=only_if,
        )
        rule.close()
    total = round(math.fsum(points), 2)
    if total != FULL:
        raise OptionError(
            f"{section.file}: the points of {section.name} add up to {total:g}; they are out of "
            f"{FULL:g} and must add up to it"
        )


def read_avoid(section: Section, lists: tuple[str, ...]) -> Iterator[Avoid]:
    """The rules of [tone]."""
    for category in section.left:
        _check_list(section, category, lists)
        rule = section.section(category)
        yield Avoid(
            key=section.key(category),
            category=category,
            each=rule.number("each"),
            at_most=_at_most(rule),
            tolerated=rule.whole("tolerated", lowest=0, default=0),
        )
        rule.close()


def _check_list(section: Section, category: str, lists: tuple[str, ...]) -> None:
    if category not in lists:
        raise OptionError(
            f"{section.file}: {section.key(category)}: {not_found('list', category, lists)}"
        )


def read_pace(section: Section) -> Pace:
    """[pace], whose limits must leave room between them."""
    pace = Pace(
        window=section.number("window", above=0.0),
        step=section.number("step", above=0.0),
        least=section.number("least", above=0.0),
        again_after=section.number("again_after"),
        too_fast=_limit(section, "too_fast", "over"),
        too_slow=_limit(section, "too_slow", "under"),
    )
    section.close()
    if pace.too_slow.limit >= pace.too_fast.limit:
        raise section.wrong(
            "too_slow",
            f"is under {pace.too_slow.limit:g} words a minute and pace.too_fast over "
            f"{pace.too_fast.limit:g}: some pace would be both. Lower the first",
        )
    if pace.least > pace.window:
        raise section.wrong(
            "least",
            f"is {pace.least:g} s, longer than the window of {pace.window:g} s: no pace could be "
            "told",
        )
    return pace


def read_silence(section: Section) -> Silence:
    """[silence]."""
    silence = Silence(
        shortest=section.number("shortest", default=0.0),
        gap=_limit(section, "gap", "over"),
        share=_limit(section, "share", "over"),
    )
    section.close()
    if silence.gap.limit < silence.shortest:
        raise section.wrong(
            "gap",
            f"is over {silence.gap.limit:g} s, less than silence.shortest, {silence.shortest:g} s, "
            "under which a gap is speech",
        )
    if silence.share.limit >= 1:
        raise section.wrong(
            "share", f"is over {silence.share.limit:g}; a share of the call is less than 1"
        )
    return silence


def _limit(section: Section, name: str, word: str) -> Limit:
    rule = section.section(name)
    limit = Limit(
        section.key(name), rule.number(word, above=0.0), rule.number("each"), _at_most(rule)
    )
    rule.close()
    return limit


def _at_most(rule: Section) -> float:
    at_most = rule.number("at_most", default=FULL)
    if at_most > FULL:
        raise rule.wrong("at_most", f"is {at_most:g}; a sub-score has {FULL:g} points to lose")
    return at_most


def read_prompts(section: Section, keys: list[str], within: set[str]) -> Iterator[Prompt]:
    """The prompts, each of a rule among `keys`; `within` are the rules that have a time to pass."""
    labels = section.left
    opposites: dict[str, str] = {}
    for label in labels:
        entry = section.section(label)
        rule = entry.text("rule")
        if rule not in keys:
            raise OptionError(f"{entry.file}: {entry.key('rule')}: {not_found('rule', rule, keys)}")
        when = entry.choice(
            "when", get_args(When), default="at once" if rule in TIMED_RULES else "end"
        )
        if when == "at once" and rule == "silence.share":
            raise entry.wrong(
                "when", 'is "at once", and the share is known at the end. Write "end"'
            )
        if when == "at once" and rule.startswith("politeness.") and rule not in within:
            raise entry.wrong(
                "when",
                f'is "at once", and {rule} has no `within` that could pass. Write "end", or give '
                "the rule one",
            )
        opposite = entry.optional_text("opposite")
        if opposite is not None:
            _check_opposite(entry, label, opposite, labels)
            opposites[label] = opposite
        wording = {language: entry.text(language) for language in LANGUAGES}
        entry.close()
        yield Prompt(label, rule, cast(When, when), wording, opposite)
    for label, opposite in opposites.items():
        if opposites.get(opposite, label) != label:
            raise section.wrong(
                label,
                f"has the opposite '{opposite}', whose own is '{opposites[opposite]}'. Two prompts "
                "are opposites of each other",
            )


def _check_opposite(entry: Section, label: str, opposite: str, labels: tuple[str, ...]) -> None:
    if opposite not in labels:
        raise OptionError(
            f"{entry.file}: {entry.key('opposite')}: {not_found('prompt', opposite, labels)}"
        )
    if opposite == label:
        raise entry.wrong("opposite", "is the prompt itself. Name another one")
