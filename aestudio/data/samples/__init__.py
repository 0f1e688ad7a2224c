"""Built-in data that needs no network, one file each."""

from aestudio.data.samples.registry import Sample, find_sample, list_samples

__all__ = ["Sample", "find_sample", "list_samples"]
