"""Taleloom: a Discord bot that writes stories with people."""

__version__ = "0.1.0"
