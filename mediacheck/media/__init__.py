"""The only package that opens media files. Decoding happens in a child process, never in ours."""
