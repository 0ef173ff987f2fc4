"""Where things lie in a drawing. Pure: numbers in, numbers out; templates write the SVG and its words."""
