"""What a reader adds: measures, regions, edited boxes, judgements."""
