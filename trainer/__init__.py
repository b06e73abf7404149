"""Makes the models: simulator, networks, training, export. Imports ankleviewer.core; never the other way."""
