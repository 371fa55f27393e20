"""Detectors: changes that two whole documents show and their shapes alone do not."""
