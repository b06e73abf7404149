"""Ankle CT volumes with known fractures, on torch tensors."""
