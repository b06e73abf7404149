"""Every text that the window shows, in its language."""
