"""Scans on disk: simulated ones written, foreign ones read, checked, split and prepared."""
