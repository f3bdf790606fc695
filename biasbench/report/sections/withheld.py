"""The sentence in place of a comparison that is described, where it may not be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biasbench.report.context import Context
from biasbench.report.document import Paragraph
from biasbench.report.wording import say

if TYPE_CHECKING:
    from biasbench.cases.trajectories import Trajectories
    from biasbench.evidence.degradation import Degradation
    from biasbench.explain import RatingGap


def withheld_line(
    found: Trajectories | Degradation | RatingGap, context: Context
) -> Paragraph | None:
    """The sentence, where a side is withheld or has fewer people than may be counted."""
    privacy = context.privacy
    block = (found.system, found.metric)
    hidden = privacy.withholds(found.group, found.against, found.n_against, block)
    if hidden is None and not all(map(privacy.count, (found.n_speakers, found.n_against))):
        hidden = "V-S"
    if hidden is None:
        return None
    return Paragraph(say(hidden, context.lang, {"k": str(privacy.k)}))
