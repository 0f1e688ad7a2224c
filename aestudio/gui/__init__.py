"""The window: Qt and drawing; it computes nothing itself."""
