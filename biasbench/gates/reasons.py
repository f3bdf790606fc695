"""Why a rule came out as it did, and what a person can do about it."""

from __future__ import annotations

from biasbench.evidence.sufficiency import FEWEST_EVENTS, LARGEST_SHARE, MOST_MISSING
from biasbench.gates import figures
from biasbench.gates.policy import Policy
from biasbench.gates.verdicts import Check, Reason
from biasbench.report.numbers import Lang, share

_LANG: Lang = "en"

#: Why a rule came out so, and what to do about it.
_TEXTS: dict[Reason, str] = {
    "beyond": "The whole of the interval is beyond the limit, and so is the one that allows for "
    "all rules that are tested ({of_all}).",
    "one-of-many": "The whole of the interval is beyond the limit; the one that allows for all "
    "rules that are tested ({of_all}) is not, since among many rules one or another is past its "
    "limit by chance. Record more people.",
    "better-off": "The group is not worse off than the other side, so nothing grew to its harm.",
    "identical": "Nobody's figures differ between the two models.",
    "people": "Fewer than {people} people on a side were heard by both models: record more people, "
    "or leave the group out of the policy's groups.",
    "events": "Fewer than {events} events on a side: too few to see a change by. Record more, or "
    "gate a metric that has more events.",
    "one-person": "One person supplies more than {most} of a side: record more of the others.",
    "missing": "More than {missing} of a side's utterances have no value: find out why before "
    "the others are read.",
    "spread": "Everybody on a side has the same figure, so that there is no interval.",
    "narrowing": "The change is beyond the limit, and it is not shown that the group is now worse "
    "off than the other side: look at both gaps.",
}


def why(check: Check, policy: Policy) -> str:
    """The reason of an outcome in a sentence or two; nothing where the figures say it all."""
    if check.reason == "wide":
        return _what_it_takes(check)
    text = _TEXTS.get(check.reason, "")
    return text.format(
        people=policy.min_people,
        events=FEWEST_EVENTS,
        most=share(LARGEST_SHARE, _LANG, decimals=0),
        missing=share(MOST_MISSING, _LANG, decimals=0),
        of_all=figures.bounds_of_all(check),
    )


def _what_it_takes(check: Check) -> str:
    """What a person can do about bounds that are too wide."""
    told = ["The limit lies inside the interval."]
    if check.power is not None:
        told.append(
            f"A model that changes nothing would be shown to keep it in "
            f"{share(check.power, _LANG, decimals=0)} of such studies."
        )
    if check.detectable is not None:
        told.append(
            "With these people, the smallest limit that 80 % of such studies would show is "
            f"{figures.detectable(check)}"
            + (
                f"; for this limit it takes about {check.people_needed} people on each side."
                if check.people_needed is not None
                else "."
            )
        )
    return " ".join(told)
