"""What was withheld and by which rule: for an annex, and without giving any number away.

Rules are named, groups too (that a group is withheld is printed in its place anyway); a metric
withheld whole has no group. Neither people nor sums are in it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from biasbench.report.privacy.rule import Privacy, Rule


@dataclass(frozen=True)
class LogRow:
    """One rule and what it withholds on one metric; `groups` empty: all of the metric.

    `sentence` is the id of the text that says what the rule is.
    """

    system: str
    metric: str
    rule: Rule | str
    groups: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The id of the words for the rule."""
        return f"RULE-privacy-{self.rule}"


def log_rows(privacy: Privacy) -> tuple[LogRow, ...]:
    """Every rule that withheld something, metric by metric, then what a public report rounds.

    >>> privacy = Privacy(10, cells={("s", "wer"): {"a": "small", "b": "secondary"}})
    >>> [(row.rule, row.groups) for row in log_rows(privacy)]
    [('small', ('a',)), ('secondary', ('b',))]
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in privacy.withheld():
        groups = found.setdefault((one.system, one.metric, one.rule), [])
        groups += [one.group] if one.group else []
    rows = [LogRow(*key, tuple(groups)) for key, groups in found.items()]
    if privacy.is_public:
        rows += [LogRow("", "", rule, ()) for rule in ("rounding", "extremes")]
    return tuple(rows)


def rule_counts(privacy: Privacy) -> dict[str, int]:
    """How often each rule withheld a group on a metric, or a metric whole.

    >>> rule_counts(Privacy(10, cells={("s", "wer"): {"a": "small", "b": "secondary"}}))
    {'small': 1, 'secondary': 1}
    """
    return dict(Counter(one.rule for one in privacy.withheld()))
