"""Reproducible speed and memory runs beside peers; each prints a table."""
