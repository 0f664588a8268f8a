"""The script of a launched process, alone in its folder, which is the first where Python looks for modules."""
