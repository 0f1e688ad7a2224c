"""Pictures: decoded, brought to a common form, and cut into patches."""
