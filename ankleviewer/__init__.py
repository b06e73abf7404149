"""AnkleViewer: see whether an ankle CT shows a fracture, and where. Research use, not for diagnosis."""

__version__ = "0.1.0"
DISCLAIMER = "Research use, not for diagnosis"
