"""Corpus readers: a file each, with `load(root)`; the docstring is the corpus's card."""
