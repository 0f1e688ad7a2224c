"""Decoding what strangers wrote in processes that may die without the studio dying."""
