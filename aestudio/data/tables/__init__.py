"""Tables as files give them, and what they can be taken for; one file per use."""
