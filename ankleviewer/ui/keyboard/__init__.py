"""Keys and mouse: what they do, how they are changed, where they are listed."""
