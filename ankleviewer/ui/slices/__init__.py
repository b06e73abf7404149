"""Slice panes, the lightbox, the comparison, and how planes are turned."""
