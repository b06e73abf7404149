"""What leaves the program: JSON, NIfTI heat maps, pictures."""
