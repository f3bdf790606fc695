"""What must be said with an adjusted figure: effects taken for causes, models standing in for data.

Rosenbaum (1984), J. Royal Statistical Society A 147:656–666: adjusting for what the group itself
brings about takes a part of the gap away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from biasbench.evidence.rows import Rows
from biasbench.evidence.sufficiency import LARGEST_SHARE, MOST_MISSING
from biasbench.explain.adjustment.conditional import ConditionalRatio
from biasbench.explain.adjustment.gap import AdjustedGap
from biasbench.explain.adjustment.overlap import TOGETHER
from biasbench.explain.adjustment.question import AdjustedRows
from biasbench.explain.adjustment.working import FEWEST_DOF

#: Covariates that may lie on the way from the group to the errors: how people speak, and what a
#: system made of it.
MEDIATORS = frozenset(
    {
        "articulation_rate",
        "asr_confidence",
        "confidence",
        "disfluencies",
        "disfluency",
        "disfluency_rate",
        "duration",
        "f0_mean",
        "filler_rate",
        "fluency",
        "hesitation_rate",
        "loudness",
        "pause_rate",
        "perplexity",
        "pitch",
        "speaking_rate",
        "speech_rate",
        "syllables_per_second",
        "word_confidence",
        "words_per_minute",
        "words_per_second",
    }
)
#: Below this overlap figures are still made, and said to lean on the model.
PARTIAL_OVERLAP = 0.5
#: Share of a side's rows where the other side has none, above which it is said.
MOST_OUTSIDE = 0.05


def is_mediator(name: str, mediators: Collection[str] = MEDIATORS) -> bool:
    """Whether a column's name is that of something on the way from the group to the errors.

    >>> is_mediator("Speech rate"), is_mediator("site")
    (True, False)
    """
    plain = name.casefold().replace(" ", "_").replace("-", "_")
    return plain in mediators or name in mediators


def cautions_of(
    rows: Rows,
    asked: AdjustedRows,
    steps: Sequence[AdjustedGap],
    mixed: ConditionalRatio | None,
    mediators: Collection[str],
) -> list[str]:
    """A sentence for each thing that a reader of the adjusted figures must know."""
    said = [
        f"{covariate.name} may be an effect of {rows.by}: adjusting for it takes away the part of "
        "the gap that passes through it, and what is left is not the whole gap"
        for covariate in asked.covariates
        if is_mediator(covariate.name, mediators)
    ]
    for found in asked.overlaps:
        if found.value < PARTIAL_OVERLAP:
            them = "the covariates together" if found.covariate == TOGETHER else found.covariate
            said.append(
                f"{rows.group} and {rows.against} overlap by only {found.value:.2f} on {them}: "
                "the adjusted figures lean on the model"
            )
        elif max(found.outside, found.outside_against) > MOST_OUTSIDE:
            said.append(
                f"{found.covariate}: {100 * found.outside:.3g} % of the rows of {rows.group} and "
                f"{100 * found.outside_against:.3g} % of those of {rows.against} are where the "
                "other side has none; there the model stands in for it"
            )
    for step in steps:
        given = ", ".join(step.covariates)
        if step.dof_working < FEWEST_DOF:
            said.append(
                f"given {given}, the adjusted figure rests on few people ({step.dof_working:.1f} "
                "degrees of freedom were people alike): its interval may be too narrow"
            )
        if step.largest_share > LARGEST_SHARE:
            said.append(
                f"given {given}, one person makes {100 * step.largest_share:.0f} % of the variance "
                "of the adjusted figure"
            )
    for name, here, left in zip(
        (rows.group, rows.against), (rows.in_group, ~rows.in_group), asked.n_left_out, strict=True
    ):
        share = left / int(here.sum())
        if share > MOST_MISSING:
            said.append(
                f"{100 * share:.3g} % of the rows of {name} lack a covariate and are left out; "
                "compare the unadjusted figure with that of the rows kept"
            )
    if mixed is not None:
        said += mixed.cautions
    return said
