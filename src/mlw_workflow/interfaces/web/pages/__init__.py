"""One module for each noun: it builds a value, calls one service, and renders one template."""
