"""A document as what a Typst template reads: JSON values, and the fonts that they are set in.

fonts        which files, which characters they can show, how wide a text is
legible      text that no font or reader stumbles over, and where it may be broken
columns      how wide the columns of a table are, how large its type
content      every block as a JSON value; no text ever becomes Typst markup
"""
