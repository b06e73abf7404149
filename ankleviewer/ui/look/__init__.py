"""Colours, fonts and the small parts of which panes are made."""
