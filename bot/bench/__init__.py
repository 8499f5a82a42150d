"""Measurements of the whole: stories, the bot under load."""
