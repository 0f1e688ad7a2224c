"""Where each workspace stands in the main window, one file each; the workspaces are imported late."""
