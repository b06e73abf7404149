"""Pure image mathematics: numpy, scipy and scikit-image only; no file formats, no runtime, no Qt, no torch."""
