"""How a network learns: batches, losses, the loop, recipes, checkpoints."""
