"""What every rule would do to every fact on every known-good store: the mutation score of the contracts."""
