"""The column at the right: the answer, its findings, and the heat map's controls."""
