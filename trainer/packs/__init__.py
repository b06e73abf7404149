"""From a trained network to the model pack that the viewer runs."""
