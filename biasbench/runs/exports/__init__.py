"""From an export to the tables of a run.

archives   files, folders, zip and gz: which files there are, opened one at a time, within bounds
formats    which format a file is of
told       calls read file by file; what cannot be read is an error or is counted
checks     times and numbers that cannot be
people     who is who: roles, agents, declared groups, pseudonyms
cells      words, and what a score is made of, as JSON
columns    tables being filled
rows       calls as rows of the tables
whole      files that are an utterance each
reporting  the import report, in English and French
"""
