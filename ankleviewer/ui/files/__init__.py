"""What comes in from files and what leaves the window."""
