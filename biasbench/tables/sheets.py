"""Tables of a sheet that people fill in: what was drawn, its key, what came back, who agrees."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

UNITS = ("utterance", "call")

#: What a coder said of a row. Blank is "not yet done"; "nothing said" is an answer.
STATES = ("transcribed", "partly inaudible", "inaudible", "nothing said", "blank")

SAMPLE = Table(
    name="sample",
    key=("unit_id",),
    columns={
        "unit_id": Column("text", "which utterance or call"),
        "unit": Column("text", "what unit_id names", choices=UNITS),
        "speaker_id": Column("text", "who speaks"),
        "group": Column("text", "the group of that person"),
        "recording": Column("text", "the recording it is found in"),
        "start": Column("number", "seconds into the recording; empty = all", may_be_empty=True),
        "end": Column("number", "seconds into the recording; empty = all", may_be_empty=True),
        "channel": Column("text", "0-based channel, or 'mix'", may_be_empty=True),
        "double": Column("whole", "1 where two people are to do it, else 0"),
    },
)

SAMPLE_GROUPS = Table(
    name="sample_groups",
    key=("group",),
    columns={
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group, or 'unknown'"),
        "n_people": Column("whole", "people of whom something can be drawn"),
        "n_units": Column("whole", "utterances or calls of the group"),
        "n_usable": Column("whole", "of them, those with a speaker that can be found by ear"),
        "n_drawn_people": Column("whole", "people in the sample"),
        "n_drawn": Column("whole", "utterances or calls in the sample"),
        "n_double": Column("whole", "of them, given to two people"),
        "note": Column("text", "why some, or all, cannot be drawn", may_be_empty=True),
    },
)

KEY = Table(
    name="key",
    key=("code", "coder"),
    columns={
        "code": Column("text", "what the sheet calls the row"),
        "coder": Column("text", "whose sheet it stands in: A, B, …"),
        "unit_id": Column("text", "which utterance or call"),
        "unit": Column("text", "what unit_id names", choices=UNITS),
        "speaker_id": Column("text", "who speaks"),
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group of that person"),
        "ratings": Column("text", "what is rated, separated by |", may_be_empty=True),
    },
)

TRANSCRIPTIONS = Table(
    name="transcriptions",
    key=("unit_id", "coder"),
    columns={
        "unit_id": Column("text", "which utterance or call"),
        "coder": Column("text", "who filled the row in: A, B, …"),
        "state": Column("text", "what the coder said of it", choices=STATES),
        "text": Column("text", "what the coder wrote", may_be_empty=True),
        "remarks": Column("text", "the coder's remarks", may_be_empty=True),
    },
)

HEARD_RATINGS = Table(
    name="heard_ratings",
    key=("unit_id", "coder", "rating"),
    columns={
        "unit_id": Column("text", "which utterance or call"),
        "unit": Column("text", "what unit_id names", choices=UNITS),
        "coder": Column("text", "who rated it: A, B, …"),
        "rating": Column("text", "what was rated"),
        "value": Column("number", "1 to 5"),
    },
)

REFERENCES = Table(
    name="references",
    key=("utterance_id",),
    columns={
        "utterance_id": Column("text", "which utterance"),
        "reference": Column("text", "what was said; empty = nothing", may_be_empty=True),
        "n_coders": Column("whole", "people who wrote it down, or heard that nothing was said"),
        "differs": Column("whole", "1 where two people differ and the rule chose, else 0"),
    },
)

RETURNS = Table(
    name="returns",
    key=("group",),
    columns={
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group, or 'overall'"),
        "n_speakers": Column("whole", "people in the sample"),
        "n_rows": Column("whole", "rows given out; one done by two people counts twice"),
        "n_transcribed": Column("whole", "rows with all that was said"),
        "n_partly": Column("whole", "rows with words that were not understood"),
        "n_inaudible": Column("whole", "rows of which nothing was understood"),
        "n_nothing_said": Column("whole", "rows in which nobody speaks"),
        "n_blank": Column("whole", "rows left blank: not yet done"),
        "n_not_returned": Column("whole", "rows that no sheet given here holds"),
        "n_rated": Column("whole", "rows with a rating"),
        "n_references": Column("whole", "utterances that have a reference now"),
        "n_excluded": Column("whole", "utterances done and left out by the rule, two differing"),
    },
)

WORD_AGREEMENT = Table(
    name="word_agreement",
    key=("group",),
    columns={
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group, or 'overall'"),
        "differing": Column("number", "word edits / mean words of the two", may_be_empty=True),
        "low": Column("number", "lower end for this group alone", may_be_empty=True),
        "high": Column("number", "upper end for this group alone", may_be_empty=True),
        "level": Column("number", "confidence level of low and high"),
        "n_edits": Column("whole", "word edits between the two, summed"),
        "n_words": Column("number", "mean words of the two, summed"),
        "n_units": Column("whole", "utterances that two people wrote down in full"),
        "n_alike": Column("whole", "of them, those written word for word alike"),
        "n_one_only": Column("whole", "utterances that one wrote down and the other could not"),
        "n_speakers": Column("whole", "people who say those words"),
        "note": Column("text", "what a reader must know about this row", may_be_empty=True),
    },
)

_SHARE = "share of units that two people rated"

RATING_AGREEMENT = Table(
    name="rating_agreement",
    key=("rating", "group"),
    columns={
        "rating": Column("text", "what was rated"),
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group, or 'overall'"),
        "alpha": Column("number", "Krippendorff's alpha, ordinal", may_be_empty=True),
        "low": Column("number", "lower end for this group alone", may_be_empty=True),
        "high": Column("number", "upper end for this group alone", may_be_empty=True),
        "exact": Column("number", f"{_SHARE} the same", may_be_empty=True),
        "exact_low": Column("number", "lower end", may_be_empty=True),
        "exact_high": Column("number", "upper end", may_be_empty=True),
        "within_one": Column("number", f"{_SHARE} at most one apart", may_be_empty=True),
        "within_one_low": Column("number", "lower end", may_be_empty=True),
        "within_one_high": Column("number", "upper end", may_be_empty=True),
        "level": Column("number", "confidence level of the intervals"),
        "n_units": Column("whole", "units that two people rated"),
        "n_single": Column("whole", "units that one person rated"),
        "n_speakers": Column("whole", "people of whom two people rated a unit"),
        "note": Column("text", "what a reader must know about this row", may_be_empty=True),
    },
)
