"""From a scan to an answer: whether it may be assessed, what the network gets, and what its output means."""
