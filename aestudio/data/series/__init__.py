"""Series over time: whole ones, and windows cut out of long ones."""
