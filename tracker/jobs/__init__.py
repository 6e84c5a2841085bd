"""Jobs: read, decide, write. The command line, the web and the scheduler only call them."""
