"""Counterfactual stores: known-good data in the structure of a later store, made without any rule of a change."""
