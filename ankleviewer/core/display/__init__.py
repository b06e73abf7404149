"""What is shown of all that, as plain values and pixels."""
