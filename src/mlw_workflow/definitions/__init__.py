"""Definitions: YAML becomes the domain's values, every problem becomes a finding, and what can be proved is proved."""
