"""Model packs, runtimes and the Predictor."""

from ankleviewer.inference import telemetry

telemetry.refuse()  # here: whoever comes to an engine through this package has passed it
