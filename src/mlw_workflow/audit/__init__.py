"""What makes the record provable: canonical bytes, seals, and their verification. Knows no database."""
