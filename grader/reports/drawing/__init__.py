"""What the HTML views are drawn with: the page around them, plots, lanes, changes."""
