"""How people and programs reach the engine: the command line; later an API and pages."""
