"""The doors: what `import driftwright` offers, the command line, and the pytest plugin."""
