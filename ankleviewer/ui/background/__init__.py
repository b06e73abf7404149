"""What loads and runs beside the window, so that it never waits: jobs, libraries, Qt classes, memory."""
