"""The doors: the command line and the pytest plugin."""
