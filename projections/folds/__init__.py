"""The folds that come with the program: one question each, on one time axis."""
