"""Files become a :class:`~aestudio.data.dataset.Dataset`; the only room that reads foreign files."""
