"""Model packs, runtimes and the Predictor."""
