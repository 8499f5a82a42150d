"""What a passage is about, told from how often words stand in it and in everything else. Pure functions."""
