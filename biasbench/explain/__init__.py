"""Explain: what else than the group could make the gap, each computed and none waved at.

    adjustment     at equal covariates; mixed models, labelled conditional
    sentences      everyone read the same, or did not
    matching       rows or people alike in what is known of them
    decomposition  composition, and what it leaves unexplained
    influence      without each person, without each team
    sensitivity    what something unmeasured would have to be like
    multiverse     under every defensible choice
    ratings        at equal human rating; odds of a label; how far raters agree
    alternatives   those asked for, in one table

Everything takes the measures table that `assess` took, and the same question (`by`, `group`,
`against`); every figure can be had alone, from arrays.
"""

from biasbench.explain.adjustment import (
    Adjustment,
    ConditionalRatio,
    adjust,
    conditional_ratio,
    overlap_table,
)
from biasbench.explain.alternatives import Alternatives, explain_gap
from biasbench.explain.decomposition import Decomposition, decompose
from biasbench.explain.influence import (
    Influence,
    LevelInfluence,
    leave_one_level_out,
    leave_one_out,
    leave_one_speaker_out,
)
from biasbench.explain.matching import Matched, match
from biasbench.explain.multiverse import LeaveOut, Multiverse, multiverse
from biasbench.explain.ratings import (
    AgreementByGroup,
    LogisticDif,
    OddsAtEqualRating,
    RatingGap,
    agreement_by_group,
    logistic_dif,
    odds_at_equal_rating,
    score_at_equal_rating,
)
from biasbench.explain.sensitivity import (
    EValue,
    RosenbaumBounds,
    e_value,
    e_value_of,
    rosenbaum_bounds,
)
from biasbench.explain.sentences import (
    SameSentences,
    SentenceDesign,
    compare_same_sentences,
    sentence_design,
)

__all__ = [
    "Adjustment",
    "AgreementByGroup",
    "Alternatives",
    "ConditionalRatio",
    "Decomposition",
    "EValue",
    "Influence",
    "LeaveOut",
    "LevelInfluence",
    "LogisticDif",
    "Matched",
    "Multiverse",
    "OddsAtEqualRating",
    "RatingGap",
    "RosenbaumBounds",
    "SameSentences",
    "SentenceDesign",
    "adjust",
    "agreement_by_group",
    "compare_same_sentences",
    "conditional_ratio",
    "decompose",
    "e_value",
    "e_value_of",
    "explain_gap",
    "leave_one_level_out",
    "leave_one_out",
    "leave_one_speaker_out",
    "logistic_dif",
    "match",
    "multiverse",
    "odds_at_equal_rating",
    "overlap_table",
    "rosenbaum_bounds",
    "score_at_equal_rating",
    "sentence_design",
]
