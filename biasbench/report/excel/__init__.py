"""Cells of a workbook: what stands in each, and how wide its column is."""
