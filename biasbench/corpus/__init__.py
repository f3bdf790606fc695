"""Corpus: who said what, in which file, and to which groups the speakers belong.

drafts     Corpus, and what a reader hands over before it is checked
readers    which reader of corpora/ fits a source; load_corpus
checks     every problem of a corpus at once
degraded   the same utterances under added noise, or with packets lost
swaps      are the reference and hypothesis columns the wrong way round?
summaries  people, utterances, hours and words by group
"""

from biasbench.corpus.checks import CorpusCheck, check
from biasbench.corpus.degraded import add_noise, lose_packets
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.readers import load_corpus
from biasbench.corpus.settling import settle
from biasbench.corpus.summaries import describe, told_seconds
from biasbench.corpus.swaps import looks_swapped

__all__ = [
    "Corpus",
    "CorpusCheck",
    "Draft",
    "add_noise",
    "check",
    "describe",
    "load_corpus",
    "looks_swapped",
    "lose_packets",
    "settle",
    "told_seconds",
]
