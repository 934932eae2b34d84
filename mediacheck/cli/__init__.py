"""The command line: it parses, draws, prints and exits, so that the library need not."""
