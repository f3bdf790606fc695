"""Who read which sentence, and the gap when new sentences would be read too."""

from biasbench.explain.sentences.sentences import (
    SameSentences,
    SentenceDesign,
    compare_same_sentences,
    sentence_design,
)

__all__ = ["SameSentences", "SentenceDesign", "compare_same_sentences", "sentence_design"]
