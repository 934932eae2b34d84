"""Arrays in, arrays out: what is taken from frames and sound. No files are opened here."""
