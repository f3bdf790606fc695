"""Sheets: a sample of what people said, given to people to transcribe and rate, and read back.

pool        what can be drawn from
drawing     which utterances: people first, groups in equal numbers
blinding    codes, who does which row, and names of recordings that give a group away
wording     headings and instructions, French and English
writing     the spreadsheets and their key
keys        which row is whose, and where that is kept
cells       what stands in a filled-in sheet, whatever Excel made of it
answers     what a filled-in row says
reading     the sheets and the key: references, ratings, what is still blank
agreement   how far two people agree, by group
resolving   one reference where two people wrote two
"""

from biasbench.sheets.drawing import Sample, draw_sample
from biasbench.sheets.keys import find_key, key_path
from biasbench.sheets.reading import Sheets, read_sheet
from biasbench.sheets.resolving import mean_ratings
from biasbench.sheets.writing import write_sheet

__all__ = [
    "Sample",
    "Sheets",
    "draw_sample",
    "find_key",
    "key_path",
    "mean_ratings",
    "read_sheet",
    "write_sheet",
]
