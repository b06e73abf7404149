"""The locator's own training: coarse simulated scans with landmarks, the loop, the exported file."""
