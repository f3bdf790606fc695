"""Scores and labels where people rated the same; how far raters agree, by group."""

from biasbench.explain.ratings.agreement import AgreementByGroup, agreement_by_group
from biasbench.explain.ratings.at_equal_rating import RatingGap, score_at_equal_rating
from biasbench.explain.ratings.item_functioning import LogisticDif, logistic_dif
from biasbench.explain.ratings.mantel_haenszel import OddsAtEqualRating, odds_at_equal_rating

__all__ = [
    "AgreementByGroup",
    "LogisticDif",
    "OddsAtEqualRating",
    "RatingGap",
    "agreement_by_group",
    "logistic_dif",
    "odds_at_equal_rating",
    "score_at_equal_rating",
]
