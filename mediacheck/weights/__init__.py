"""Model weights: which are known (`registry`), how they are found and verified (`loading`)."""
