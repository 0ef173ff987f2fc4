"""A workflow engine for guideline compliance: programmes as data, progress as a ledger that can be proved."""

__version__ = "0.1.0"
