"""A capture from a browser of our own."""
