"""The record in the languages of other programs. Each module writes one format from entries; none reads a database."""
