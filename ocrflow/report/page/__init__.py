"""HTML pages of one file each: no script, no request, light and dark, for a laptop and for a phone."""
