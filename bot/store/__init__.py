"""What is remembered: one `Database`, and in it one repository a subject.

database = await Database.open("sqlite+aiosqlite:///data/taleloom.db")
story, turn = await database.stories.begin(draft, guild_id=None, channel_id=…, author_id=…, private=False)
await database.close()
"""

from bot.store.database import Database
from bot.store.jobs import Job, JobRepository
from bot.store.limits import LimitRepository, Taken
from bot.store.settings import Scope, SettingChange, SettingsRepository
from bot.store.stories import StoryRepository
from bot.store.types import Json

__all__ = [
    "Database",
    "Job",
    "JobRepository",
    "Json",
    "LimitRepository",
    "Scope",
    "SettingChange",
    "SettingsRepository",
    "StoryRepository",
    "Taken",
]
