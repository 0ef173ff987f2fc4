"""Random courses of events through the services, checked against a second, simpler reading of the rules."""
