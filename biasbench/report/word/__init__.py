"""A report in office files that an expert goes on editing: real styles, tables and numbers.

styles    the look of a Word document: named styles with the language of the report
pages     paper, margins, and the foot of each page
fields    what Word counts: pages, captions, the table of contents
metrics   how wide a text is in the fonts that every word processor has
columns   how a table fits the page: type size, upright or on its side, width of each column
tables    a table, facts beside terms
figures   a figure as a picture with its alternative text
blocks    each kind of block as paragraphs
summary   the type size at which a summary fits its one page
package   the file: the same bytes for the same report
cells     for a workbook: numbers as numbers, text as text

Nothing in the file points outside it. Words of others pass through `inert_text`.
"""
