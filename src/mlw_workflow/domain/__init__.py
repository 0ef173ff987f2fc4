"""The rules of the house as pure values and functions: no I/O, no clock, no database."""
