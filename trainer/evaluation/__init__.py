"""How good a model is, and how near the simulator comes: metrics, calibration, localisation, realism."""
