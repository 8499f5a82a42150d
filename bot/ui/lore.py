"""What the model is told beside a story, in forms: its memory and its note; and how it shares the model's room."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import N_
from bot.ids import StoryId, UserId
from bot.lore import Lore
from bot.turns import Story
from bot.ui.access import Person, last_here, story_for
from bot.ui.context_bar import context_text
from bot.ui.forms import Form
from bot.ui.requests import next_request
from bot.ui.services import services_of, speak_to
from bot.writing.errors import NotYoursError, StoryGoneError
from bot.writing.lore import DEEPEST, TEXT_LIMIT

if TYPE_CHECKING:
    from bot.ui.texts import Translate


class LoreForm(Form):
    """A form about a story's lore.

    Args:
        title: What stands over it.
        story_id: The story.
        words: The field for the words that somebody would miss.
    """

    def __init__(self, title: str, story_id: StoryId, words: discord.ui.TextInput[Any]) -> None:
        super().__init__(title=title)
        self.story_id = story_id
        self.words = words

    @abstractmethod
    async def keep(self, interaction: discord.Interaction) -> None:
        """Keep what was typed, and answer.

        Raises:
            TaleloomError: it cannot be kept.
        """

    @property
    def typed(self) -> str:
        """The words that somebody would miss."""
        return self.words.value

    async def take(self, interaction: discord.Interaction) -> None:
        """Keep what was typed by somebody who still may."""
        await story_of(interaction, self.story_id)
        await self.keep(interaction)


class MemoryForm(LoreForm):
    """Asks for a story's memory."""

    def __init__(self, story_id: StoryId, before: Lore, speak: Translate) -> None:
        super().__init__(speak(N_("The memory of this story")), story_id, words_field("memory", before.memory))
        self._before = before
        label, about = (
            N_("What the model always sees first"),
            N_("Who is who, and what it must not forget. Empty: none"),
        )
        self.add_item(discord.ui.Label(text=speak(label), description=speak(about), component=self.words))

    async def keep(self, interaction: discord.Interaction) -> None:
        """Keep the memory."""
        keeper, speak = services_of(interaction).lore, speak_to(interaction)
        by = UserId(interaction.user.id)
        now = await keeper.set_memory(self.story_id, self._before, self.words.value, by)
        done = N_("The memory is kept: the model sees it before the next passage.") if now.memory else _NO_MEMORY
        await interaction.response.send_message(f"{speak(done)}\n-# {speak(_SEE)}", ephemeral=True)


class NoteForm(LoreForm):
    """Asks for a story's note, and where it stands."""

    def __init__(self, story_id: StoryId, before: Lore, speak: Translate) -> None:
        super().__init__(speak(N_("The author's note of this story")), story_id, words_field("note", before.note))
        self._before = before
        self._depth: discord.ui.Select[NoteForm] = discord.ui.Select(custom_id="depth")
        for depth in range(1, DEEPEST + 1):
            self._depth.add_option(label=str(depth), value=str(depth), default=depth == before.depth)
        label, about = N_("How the story is to go on"), N_("What happens next, or its mood. Empty: none")
        self.add_item(discord.ui.Label(text=speak(label), description=speak(about), component=self.words))
        label, about = N_("Sentences after it"), N_("The fewer there are, the more the model heeds it.")
        self.add_item(discord.ui.Label(text=speak(label), description=speak(about), component=self._depth))

    async def keep(self, interaction: discord.Interaction) -> None:
        """Keep the note."""
        keeper, speak = services_of(interaction).lore, speak_to(interaction)
        depth, by = int(self._depth.values[0]), UserId(interaction.user.id)
        now = await keeper.set_note(self.story_id, self._before, self.words.value, depth, by)
        done = N_("The note is kept: the model sees it before the next passage.") if now.note else _NO_NOTE
        await interaction.response.send_message(f"{speak(done)}\n-# {speak(_SEE)}", ephemeral=True)


_NO_MEMORY = N_("The memory is empty now.")
_NO_NOTE = N_("There is no note any more.")
_SEE = N_("/story context shows what the model sees.")

MakeForm = Callable[[StoryId, Lore, "Translate"], LoreForm]


def words_field(name: str, text: str, limit: int = TEXT_LIMIT) -> discord.ui.TextInput[Any]:
    """Give a field for several lines, with the words of now in it."""
    return discord.ui.TextInput(
        custom_id=name, style=discord.TextStyle.paragraph, default=text or None, max_length=limit, required=False
    )


async def story_of(interaction: discord.Interaction, story_id: StoryId) -> Story:
    """Find a story whose lore somebody may see and change; asked at each press.

    Raises:
        StoryGoneError: it is not there any more.
        NotYoursError: it belongs to somebody else.
    """
    services = services_of(interaction)
    story = await services.store.stories.story(story_id)
    head = await services.store.stories.turn(story.head_id) if story else None
    if head is None:
        raise StoryGoneError
    person = Person.of(interaction)
    try:
        return await story_for(services, person, head)
    except NotYoursError:
        return await story_for(services, person, head, moderated=True)


async def open_form(interaction: discord.Interaction, form: MakeForm) -> None:
    """Open a form about the channel's last story.

    Raises:
        NoStoryHereError: there is none.
    """
    story, _ = await last_here(interaction)
    lore = await services_of(interaction).lore.of(story.id)
    await interaction.response.send_modal(form(story.id, lore, speak_to(interaction)))


async def send_context(interaction: discord.Interaction) -> None:
    """Show what the model would see of the channel's last story.

    Raises:
        TaleloomError: there is none, or it cannot be gone on with.
    """
    services, speak = services_of(interaction), speak_to(interaction)
    story, head = await last_here(interaction)
    # A model that is not open yet takes its time.
    await interaction.response.defer(ephemeral=True, thinking=True)
    preview = await services.writer.preview(next_request(interaction, story, head, head.id))
    await interaction.followup.send(context_text(preview, speak), ephemeral=True)
