"""Cohorts: which shapes of the stores are out there among many users, since when, and which facts each one breaks."""
