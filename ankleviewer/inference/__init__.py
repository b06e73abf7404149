"""Model packs, runtimes and the Predictor."""

from ankleviewer.inference.engines import telemetry

telemetry.refuse()  # here: whoever comes to an engine through this package has passed it
