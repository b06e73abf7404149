"""What a reader draws on slices: measures and edited boxes, under the mouse and in the list."""
