"""Rules: one data file a structural change; what it is called, why it matters, and the replay it stands for."""

from driftwright.structure.rules.registry import Rule, load_rules, rule_for

__all__ = ["Rule", "load_rules", "rule_for"]
