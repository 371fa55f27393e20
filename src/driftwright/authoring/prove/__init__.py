"""Prove: the mutation score of the contracts, from replaying every rule on every known-good store."""
