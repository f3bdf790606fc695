"""Options that several commands share, and numbers as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import click

from biasbench.errors import OptionError
from biasbench.tables.columns import Direction

_LANG = click.Choice(["fr", "en"])
lang_option = click.option(
    "--lang", type=_LANG, default="en", show_default=True, help="Language of what is written."
)
reader_option = click.option(
    "--reader", default=None, help="Corpus reader, when the folder does not tell."
)
encoding_option = click.option(
    "--encoding", default="utf-8-sig", show_default=True, help="Of the corpus's text tables."
)
delimiter_option = click.option(
    "--delimiter", default=None, help="Of the corpus's text tables; by default, the heading's."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")


def margins_typed(given: Sequence[str]) -> float | dict[str, float] | None:
    """What --margin was given: `0.03` alone, or `metric=0.03` for each."""
    if not given:
        return None
    if len(given) == 1 and "=" not in given[0]:
        return _number(given[0])
    named = {}
    for text in given:
        metric, equals, value = text.rpartition("=")
        if not equals:
            raise OptionError(f"--margin {text}: with several margins write each as metric={text}")
        named[metric] = _number(value)
    return named


def directions_typed(given: Sequence[str]) -> dict[str, Direction]:
    """What --direction was given for each kind of metric: `false_negative_rate=neither`."""
    found: dict[str, Direction] = {}
    for text in given:
        metric, equals, direction = text.partition("=")
        if not equals or direction not in get_args(Direction):
            known = ", ".join(f"'{one}'" for one in get_args(Direction))
            raise OptionError(f"--direction {text!r}: write METRIC=DIRECTION, which is {known}")
        found[metric] = direction  # type: ignore[assignment]  # checked just above
    return found


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise OptionError(f"--margin {text!r} is not a number; write it as in 0.03") from None
