"""From a fold on one time axis to rectangles on two."""
