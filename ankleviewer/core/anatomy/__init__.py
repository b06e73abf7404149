"""Where an ankle lies, how it stands and what belongs to it."""
