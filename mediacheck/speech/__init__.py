"""What is said: voice activity, recognition, comparison of words, search for terms."""
