"""The parts that workspaces are made of."""
