"""What measures are made of: a file for each kind of thing that a run holds.

asked        what was asked for, settled at the door; what every file here is given
transcripts  edits and statuses
scores       the values of scores
events       prompts
keywords     what was said against what was noticed
turns        silence, invented words and whose word it was, against when people hear speech

Each has `blocks(run, asked)`: rows of table MEASURES for every metric of its own that was asked.
"""
