"""A story's world to click: a list of its entries, a form for each, and switches; works after a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.errors import N_, TaleloomError
from bot.ids import StoryId, UserId
from bot.lore import Entry, EntryId
from bot.ui.access import last_here
from bot.ui.buttons import Plate
from bot.ui.error_handler import answer_error
from bot.ui.history import in_one_line
from bot.ui.lore import LoreForm, story_of, words_field
from bot.ui.render import in_one_message
from bot.ui.services import services_of, speak_to
from bot.writing.lore import ENTRY_LIMIT, GROUP_LIMIT, KEY_LIMIT, MOST_ENTRIES, MOST_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ui.texts import Translate

PAGE = 20
KEYS_SHOWN = 40
TEXT_SHOWN = 40
CHOSEN_SHOWN = 1200
ON, OFF = "🟢", "⚪"


class WorldSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"tl:worlds:(?P<story>\d{1,18})"):
    """Chooses an entry."""

    def __init__(self, story_id: StoryId, select: discord.ui.Select[Any] | None = None) -> None:
        super().__init__(select or discord.ui.Select(custom_id=f"tl:worlds:{story_id}"))
        self._story_id = story_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(StoryId(int(match["story"])))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Show the entry."""
        await _answer(interaction, "show", self._story_id, int(self.item.values[0]))


class WorldButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:world:(?P<do>new|edit|on|off|groupon|groupoff|ask|remove|show|page):"
    r"(?P<story>\d{1,18}):(?P<number>\d{1,18})",
):
    """Opens a form, switches entries, asks whether one is to go, lets it go, or turns a page."""

    def __init__(
        self,
        do: str,
        story_id: StoryId,
        number: int,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        *,
        disabled: bool = False,
    ) -> None:
        custom_id = f"tl:world:{do}:{story_id}:{number}"
        super().__init__(discord.ui.Button(label=label or do, style=style, custom_id=custom_id, disabled=disabled))
        self._do, self._story_id, self._number = do, story_id, number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], StoryId(int(match["story"])), int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        await _answer(interaction, self._do, self._story_id, self._number)


class EntryForm(LoreForm):
    """Asks for an entry's keys, words and group."""

    def __init__(self, story_id: StoryId, before: Entry | None, speak: Translate) -> None:
        title = speak(N_("A new entry of the world")) if before is None else speak(N_("An entry of the world"))
        super().__init__(title, story_id, words_field("text", before.text if before else "", ENTRY_LIMIT))
        self._before = before
        self._keys: discord.ui.TextInput[EntryForm] = discord.ui.TextInput(
            custom_id="keys",
            default=", ".join(before.keys) if before else None,
            max_length=MOST_KEYS * (KEY_LIMIT + 2),
        )
        self._group: discord.ui.TextInput[EntryForm] = discord.ui.TextInput(
            custom_id="group",
            default=(before.group or None) if before else None,
            max_length=GROUP_LIMIT,
            required=False,
        )
        label, about = (
            N_("Keys, with commas between them"),
            N_("The model is told of it when the story has one of them."),
        )
        self.add_item(discord.ui.Label(text=speak(label), description=speak(about), component=self._keys))
        self.add_item(discord.ui.Label(text=speak(N_("What the model is told")), component=self.words))
        label, about = N_("Group"), N_("Entries of one group are switched on and off together.")
        self.add_item(discord.ui.Label(text=speak(label), description=speak(about), component=self._group))

    async def keep(self, interaction: discord.Interaction) -> None:
        """Keep the entry, and show it in the panel."""
        keeper, speak, by = services_of(interaction).lore, speak_to(interaction), UserId(interaction.user.id)
        typed = self._keys.value, self.words.value, self._group.value
        if self._before is None:
            number = (await keeper.add(self.story_id, *typed, by)).id
            done = speak(N_("The entry is kept: the model is told of it when the story has one of its keys."))
        else:
            number = self._before.id
            await keeper.reword(self._before, *typed, by)
            done = speak(N_("The entry is changed."))
        content, view = await _panel(interaction, self.story_id, chosen=number, notice=done)
        await interaction.response.edit_message(content=content, view=view)


ITEMS = (WorldSelect, WorldButton)


async def send_world(interaction: discord.Interaction) -> None:
    """Send the panel of the channel's last story to whoever asked, and nobody else.

    Raises:
        NoStoryHereError: there is none.
    """
    story, _ = await last_here(interaction)
    content, view = await _panel(interaction, story.id)
    await interaction.response.send_message(content, view=view, ephemeral=True)


async def _answer(interaction: discord.Interaction, do: str, story_id: StoryId, number: int) -> None:
    """Do what was pressed; whether somebody may is asked each time, for the story may have gone to somebody else."""
    try:
        await story_of(interaction, story_id)
        if do in {"new", "edit"}:
            await interaction.response.send_modal(await _form(interaction, story_id, number))
            return
        content, view = await _do(interaction, do, story_id, number)
    except TaleloomError as error:
        await answer_error(interaction, error)
    else:
        await interaction.response.edit_message(content=content, view=view)


async def _form(interaction: discord.Interaction, story_id: StoryId, number: int) -> EntryForm:
    keeper = services_of(interaction).lore
    if number:
        return EntryForm(story_id, await keeper.entry(story_id, EntryId(number)), speak_to(interaction))
    await keeper.check_room(story_id)
    return EntryForm(story_id, None, speak_to(interaction))


async def _do(interaction: discord.Interaction, do: str, story_id: StoryId, number: int) -> tuple[str, discord.ui.View]:
    if do == "page":
        return await _panel(interaction, story_id, page=number)
    keeper, entry = services_of(interaction).lore, EntryId(number)
    if do == "remove":
        await keeper.remove(story_id, entry)
        return await _panel(interaction, story_id, notice=speak_to(interaction)(N_("It is gone.")))
    if do in {"on", "off", "groupon", "groupoff"}:
        enabled, whole_group = do.endswith("on"), do.startswith("group")
        await keeper.switch(story_id, entry, enabled=enabled, whole_group=whole_group)
    else:
        await keeper.entry(story_id, entry)
    return await _panel(interaction, story_id, chosen=entry, removing=do == "ask")


async def _panel(
    interaction: discord.Interaction,
    story_id: StoryId,
    *,
    chosen: int = 0,
    page: int = 1,
    notice: str = "",
    removing: bool = False,
) -> tuple[str, discord.ui.View]:
    """Draw the panel: a page of the entries, or the one that was chosen."""
    speak, entries = speak_to(interaction), (await services_of(interaction).lore.of(story_id)).entries
    place = next((index for index, entry in enumerate(entries) if entry.id == chosen), None)
    entry = None if place is None else entries[place]
    pages = max(1, -(-len(entries) // PAGE))
    page = min(max(page, 1), pages) if place is None else place // PAGE + 1
    shown = entries[(page - 1) * PAGE : page * PAGE]
    view = discord.ui.View(timeout=None)
    if entry is not None and removing:
        view.add_item(WorldButton("remove", story_id, chosen, speak(N_("Remove for good")), discord.ButtonStyle.danger))
        view.add_item(WorldButton("show", story_id, chosen, speak(N_("Keep it"))))
        return speak(N_("Remove the entry **{keys}**?"), keys=_keys(entry)), view
    if shown:
        view.add_item(WorldSelect(story_id, _select(story_id, shown, entry, speak)))
    view.add_item(WorldButton("new", story_id, 0, speak(N_("New…")), discord.ButtonStyle.primary))
    if entry is not None:
        _add_switches(view, entry, entries, speak)
    if pages > 1:
        view.add_item(WorldButton("page", story_id, page - 1, "◀", disabled=page == 1))
        view.add_item(Plate(page, pages, "tl:pages"))
        view.add_item(WorldButton("page", story_id, page + 1, "▶", disabled=page == pages))
    lines = [notice, _text(entries, shown, entry, speak)]
    return in_one_message("\n".join(filter(None, lines))), view


def _add_switches(view: discord.ui.View, entry: Entry, entries: Sequence[Entry], speak: Translate) -> None:
    """Add what can be done with an entry."""
    story_id, number = entry.story_id, entry.id
    view.add_item(WorldButton("edit", story_id, number, speak(N_("Edit…"))))
    do, label = ("off", N_("Switch off")) if entry.enabled else ("on", N_("Switch on"))
    view.add_item(WorldButton(do, story_id, number, speak(label)))
    if entry.group:
        any_on = any(each.enabled for each in entries if each.group == entry.group)
        do, label = ("groupoff", N_("Switch its group off")) if any_on else ("groupon", N_("Switch its group on"))
        view.add_item(WorldButton(do, story_id, number, speak(label)))
    view.add_item(WorldButton("ask", story_id, number, speak(N_("Remove…"))))


def _text(entries: Sequence[Entry], shown: Sequence[Entry], chosen: Entry | None, speak: Translate) -> str:
    if not entries:
        return speak(
            N_(
                "This story's world has no entries yet. Press New… to tell the model of somebody or something, "
                "which it then knows whenever the story names them."
            )
        )
    title = speak(
        N_("**The world of this story: {count} of at most {limit} entries**"), count=len(entries), limit=MOST_ENTRIES
    )
    if chosen is None:
        return "\n".join([title, *(_line(entry) for entry in shown)])
    text = in_one_line(chosen.text, CHOSEN_SHOWN)
    state = speak(N_("The model is told of it.")) if chosen.enabled else speak(N_("It is switched off."))
    group = f" · {speak(N_('Group'))}: {in_one_line(chosen.group, GROUP_LIMIT * 2)}" if chosen.group else ""
    return f"{title}\n{_mark(chosen)} **{in_one_line(', '.join(chosen.keys), 300)}**\n> {text}\n-# {state}{group}"


def _line(entry: Entry) -> str:
    group = f" · {in_one_line(entry.group, 20)}" if entry.group else ""
    return f"{_mark(entry)} **{_keys(entry)}** – {in_one_line(entry.text, TEXT_SHOWN)}{group}"


def _mark(entry: Entry) -> str:
    return ON if entry.enabled else OFF


def _keys(entry: Entry) -> str:
    return in_one_line(", ".join(entry.keys), KEYS_SHOWN)


def _select(
    story_id: StoryId, shown: Sequence[Entry], chosen: Entry | None, speak: Translate
) -> discord.ui.Select[Any]:
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"tl:worlds:{story_id}", placeholder=speak(N_("Choose an entry."))
    )
    for entry in shown:
        select.add_option(
            label=", ".join(entry.keys)[:100],
            value=str(entry.id),
            description=" ".join(entry.text.split())[:100],
            emoji=_mark(entry),
            default=entry is chosen,
        )
    return select
