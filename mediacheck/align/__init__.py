"""Arrays in, hypotheses and spans out: which time of the original belongs to which time of the clip."""
