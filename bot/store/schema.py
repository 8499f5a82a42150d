"""The tables as they are now. How a database gets there is told by `migrations`.

Every foreign key has an index: where a row is deleted, databases look for those that point at it.

Columns that hold a person's number are called `user_id` or `author_id`, or end in `_by`, so that whoever looks for all
that is kept of a person finds it.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.types import JsonValue, Utc, Words, big_id

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("scope_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("value", JsonValue, nullable=False),
    sa.Column("changed_by", big_id(), nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)

settings_changes = sa.Table(
    "settings_changes",
    metadata,
    sa.Column("id", big_id(), primary_key=True),
    sa.Column("scope", sa.String(16), nullable=False),
    sa.Column("scope_id", big_id(), nullable=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("from_value", JsonValue),
    sa.Column("to_value", JsonValue),
    sa.Column("changed_by", big_id(), nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Index(None, "scope", "scope_id"),
    sqlite_autoincrement=True,
)

# Numbers of stories and turns stand in the buttons of old messages: AUTOINCREMENT never gives one out twice.
stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", big_id(), primary_key=True),
    sa.Column("guild_id", big_id()),
    sa.Column("channel_id", big_id(), nullable=False),
    sa.Column("author_id", big_id(), nullable=False),
    # Empty only inside the transaction that begins a story: story and root turn point at each other.
    sa.Column("head_id", big_id(), sa.ForeignKey("turns.id", use_alter=True)),
    sa.Column("tip_id", big_id()),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("deleted_at", Utc),
    sa.Index(None, "guild_id"),
    sa.Index(None, "channel_id"),
    sa.Index(None, "author_id"),
    sa.Index(None, "head_id"),
    sqlite_autoincrement=True,
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("id", big_id(), primary_key=True),
    sa.Column("story_id", big_id(), sa.ForeignKey("stories.id"), nullable=False),
    sa.Column("parent_id", big_id(), sa.ForeignKey("turns.id")),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("author_id", big_id()),
    sa.Column("model", Words),
    sa.Column("preset", Words),
    sa.Column("seed", big_id()),
    sa.Column("tokens", sa.Integer),
    sa.Column("seconds", sa.Double),
    sa.Column("finish", sa.String(32)),
    sa.Column("details", JsonValue, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "story_id"),
    sa.Index(None, "parent_id"),
    sa.Index(None, "author_id"),
    sqlite_autoincrement=True,
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("message_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("channel_id", big_id(), nullable=False),
    sa.Column("turn_id", big_id(), sa.ForeignKey("turns.id"), nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Index(None, "turn_id"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("request_id", sa.String(64), primary_key=True),
    sa.Column("turn_id", big_id(), sa.ForeignKey("turns.id"), nullable=False),
    sa.Column("user_id", big_id(), nullable=False),
    sa.Column("guild_id", big_id()),
    sa.Column("channel_id", big_id(), nullable=False),
    sa.Column("locale", sa.String(16), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index(None, "turn_id"),
)

job_messages = sa.Table(
    "job_messages",
    metadata,
    sa.Column("message_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("request_id", sa.String(64), sa.ForeignKey("jobs.request_id", ondelete="CASCADE"), nullable=False),
    sa.Index(None, "request_id"),
)

undelivered = sa.Table(
    "undelivered",
    metadata,
    sa.Column("turn_id", big_id(), sa.ForeignKey("turns.id"), primary_key=True, autoincrement=False),
    sa.Column("user_id", big_id(), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index(None, "user_id"),
)

buckets = sa.Table(
    "buckets",
    metadata,
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("tokens", sa.Double, nullable=False),
    # Seconds since 1970: both databases calculate with a number alike, and with dates each in its own way.
    sa.Column("counted_at", sa.Double, nullable=False),
)

forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("channel_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("forgotten_by", big_id(), nullable=False),
    sa.Column("forgotten_at", Utc, nullable=False),
)

prompts = sa.Table(
    "prompts",
    metadata,
    sa.Column("id", big_id(), primary_key=True),
    sa.Column("guild_id", big_id(), nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("added_by", big_id(), nullable=False),
    sa.Column("added_at", Utc, nullable=False),
    sa.Index(None, "guild_id"),
    sqlite_autoincrement=True,
)

presets = sa.Table(
    "presets",
    metadata,
    sa.Column("guild_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("meaning", Words, nullable=False),
    sa.Column("sampling", JsonValue, nullable=False),
    sa.Column("changed_by", big_id(), nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)

# A guild's number of 0 is everywhere, a user's number of 0 is everybody: the server itself.
blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("guild_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("user_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("blocked_by", big_id(), nullable=False),
    sa.Column("blocked_at", Utc, nullable=False),
)

# A guild's number of 0 is direct messages.
usage = sa.Table(
    "usage",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("guild_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("user_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("texts", sa.Integer, nullable=False),
    sa.Column("tokens", big_id(), nullable=False),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("user_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("requested_at", Utc, nullable=False),
)

# Of a person, for all servers.
training_consents = sa.Table(
    "training_consents",
    metadata,
    sa.Column("user_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("given_at", Utc, nullable=False),
)

departures = sa.Table(
    "departures",
    metadata,
    sa.Column("guild_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("left_at", Utc, nullable=False),
)

# Of a story that is played: how, and where it stands.
games = sa.Table(
    "games",
    metadata,
    sa.Column("story_id", big_id(), sa.ForeignKey("stories.id"), primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("locale", sa.String(16), nullable=False),
    sa.Column("rules", JsonValue, nullable=False),
    sa.Column("state", JsonValue, nullable=False),
    sa.Column("phase", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("due_at", Utc),
    # The story's newest turn when the model was asked.
    sa.Column("asked_after_id", big_id()),
    sa.Column("panel_id", big_id()),
    # It has ended, and its title page is to be posted.
    sa.Column("to_close", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "due_at"),
)

players = sa.Table(
    "players",
    metadata,
    sa.Column("story_id", big_id(), sa.ForeignKey("games.story_id"), primary_key=True, autoincrement=False),
    sa.Column("seat", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("user_id", big_id(), nullable=False),
    sa.Column("presence", sa.String(16), nullable=False),
    sa.Column("turns", sa.Integer, nullable=False),
    sa.Column("words", sa.Integer, nullable=False),
    sa.Column("vote", sa.Integer),
    sa.Index(None, "user_id"),
)

# What the model is told beside a story.
lore = sa.Table(
    "lore",
    metadata,
    sa.Column("story_id", big_id(), sa.ForeignKey("stories.id"), primary_key=True, autoincrement=False),
    sa.Column("memory", Words, nullable=False),
    sa.Column("note", Words, nullable=False),
    sa.Column("depth", sa.Integer, nullable=False),
    sa.Column("edited_by", big_id(), nullable=False),
    sa.Column("edited_at", Utc, nullable=False),
)

# Numbers of entries stand in buttons.
world_entries = sa.Table(
    "world_entries",
    metadata,
    sa.Column("id", big_id(), primary_key=True),
    sa.Column("story_id", big_id(), sa.ForeignKey("stories.id"), nullable=False),
    sa.Column("keys", JsonValue, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("group", Words, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("edited_by", big_id(), nullable=False),
    sa.Column("edited_at", Utc, nullable=False),
    sa.Index(None, "story_id"),
    sqlite_autoincrement=True,
)

# What a server's story games can begin with.
scenarios = sa.Table(
    "scenarios",
    metadata,
    sa.Column("guild_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("opening", Words, nullable=False),
    sa.Column("memory", Words, nullable=False),
    sa.Column("world", JsonValue, nullable=False),
    sa.Column("saved_by", big_id(), nullable=False),
    sa.Column("saved_at", Utc, nullable=False),
)

# Between two presets, of what they wrote to the same words. The number is the first text's, which may be gone by now.
comparisons = sa.Table(
    "comparisons",
    metadata,
    sa.Column("turn_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("guild_id", big_id(), nullable=False),
    sa.Column("first", Words, nullable=False),
    sa.Column("second", Words, nullable=False),
    sa.Column("winner", Words),
    sa.Column("first_votes", sa.Integer, nullable=False),
    sa.Column("second_votes", sa.Integer, nullable=False),
    sa.Column("arena", sa.String(16), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index(None, "guild_id"),
)

# What is done about what the safety layer finds. A channel's number of 0 is the whole server.
safety_policies = sa.Table(
    "safety_policies",
    metadata,
    sa.Column("guild_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("channel_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("policy", sa.String(16), nullable=False),
    # For a policy of the server's own: what it does about each category and severity.
    sa.Column("actions", JsonValue, nullable=False),
    sa.Column("changed_by", big_id(), nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)

# A server's own words and expressions. Their numbers stand in buttons.
safety_rules = sa.Table(
    "safety_rules",
    metadata,
    sa.Column("id", big_id(), primary_key=True),
    sa.Column("guild_id", big_id(), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("action", sa.String(16)),
    sa.Column("added_by", big_id(), nullable=False),
    sa.Column("added_at", Utc, nullable=False),
    sa.UniqueConstraint("guild_id", "kind", "text"),
    sqlite_autoincrement=True,
)

# Where a server's moderators read of the safety layer's decisions.
safety_logs = sa.Table(
    "safety_logs",
    metadata,
    sa.Column("guild_id", big_id(), primary_key=True, autoincrement=False),
    sa.Column("channel_id", big_id(), nullable=False),
    sa.Column("shows_texts", sa.Boolean, nullable=False),
    sa.Column("changed_by", big_id(), nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)

# Each decision that was not to let a text pass, without the text. A guild's number of 0 is direct messages.
safety_events = sa.Table(
    "safety_events",
    metadata,
    sa.Column("id", big_id(), primary_key=True),
    sa.Column("guild_id", big_id(), nullable=False),
    sa.Column("channel_id", big_id(), nullable=False),
    sa.Column("user_id", big_id(), nullable=False),
    # Whether it was the model's text, which the person had asked for, and not the person's own.
    sa.Column("of_model", sa.Boolean, nullable=False),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("rule", Words, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("at", Utc, nullable=False),
    # A moderator has said that it is not to count against the person.
    sa.Column("forgiven", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "guild_id", "day"),
    sa.Index(None, "user_id", "at"),
    sa.Index(None, "at"),
    sqlite_autoincrement=True,
)
