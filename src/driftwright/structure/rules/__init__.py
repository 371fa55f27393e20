"""Rules: one data file for each kind of structural change, with its name, why it matters and its replay operator."""

from driftwright.structure.rules.registry import Rule, load_rules, rule_for

__all__ = ["Rule", "load_rules", "rule_for"]
