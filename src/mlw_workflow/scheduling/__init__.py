"""What wakes the services up. A schedule is never the truth: what is due stands in the database."""
