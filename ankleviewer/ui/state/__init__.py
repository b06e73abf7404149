"""What the window knows and does, without a widget: scan, answer, measures, judgements, settings."""
