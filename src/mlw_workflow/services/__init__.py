"""What people do with the engine, one verb a file. Each use case is one transaction."""
