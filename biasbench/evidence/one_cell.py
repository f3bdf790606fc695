"""The one system and metric that a question is about, where a table may have several."""

from __future__ import annotations

from biasbench.errors import OptionError, not_found
from biasbench.evidence.cells import Cell
from biasbench.evidence.intake import Intake


def one_cell(
    intake: Intake, *, metric: str | None, system: str | None, system_option: str = "system"
) -> Cell:
    """The cell asked for; either name may be left out where the table has one of it.

    `system_option` is what the caller's own option is called. Raises NotFoundError for a name
    that is not there, and OptionError for a choice left open.
    """
    for what, given in (("system", system), ("metric", metric)):
        present = list(dict.fromkeys(str(getattr(cell, what)) for cell in intake.cells))
        if given is not None and given not in present:
            raise not_found(what, given, present)
        if given is None and len(present) > 1:
            option = system_option if what == "system" else what
            raise OptionError(
                f"the table has {len(present)} {what}s; pass {option}= one of {', '.join(present)}"
            )
    fitting = [
        cell
        for cell in intake.cells
        if system in (None, cell.system) and metric in (None, cell.metric)
    ]
    if not fitting:
        of_system = [cell.metric for cell in intake.cells if cell.system == system]
        raise not_found(f"metric of {system}", str(metric), of_system)
    return fitting[0]
