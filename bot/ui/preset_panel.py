"""A server's own presets to click: a list, a form for a new one and for other values; works after a restart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import app_commands

from bot.errors import N_, TaleloomError
from bot.ids import UserId
from bot.ui.access import require_manager
from bot.ui.error_handler import answer_error
from bot.ui.forms import Form
from bot.ui.render import in_one_message
from bot.ui.services import channel_here, guild_here, services_of, speak_to
from bot.writing.door import Passage, Place
from bot.writing.own_presets import MOST_PRESETS
from bot.writing.preset_files import MAX_NAME

if TYPE_CHECKING:
    from bot.store import Json
    from bot.store.presets import StoredPreset
    from bot.ui.texts import Translate
    from bot.writing.own_presets import OwnPresets

SHOWN_LOST = 10
SHOWN_MEANING = 45  # so that a full list of names and meanings fits a message
MEANING_LIMIT = 80
VALUES_LIMIT = 4000


class PresetSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template="tl:presets"):
    """Chooses a preset."""

    def __init__(self, select: discord.ui.Select[Any] | None = None) -> None:
        super().__init__(select or discord.ui.Select(custom_id="tl:presets"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls()

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Show the preset."""
        await _answer(interaction, "show", self.item.values[0])


class PresetButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tl:preset:(?P<do>new|edit|ask|remove|show):(?P<name>.{{0,{MAX_NAME}}})",
):
    """Opens a form, asks whether a preset is to go, lets it go, or goes back."""

    def __init__(
        self,
        do: str,
        name: str,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        super().__init__(discord.ui.Button(label=label or do, style=style, custom_id=f"tl:preset:{do}:{name}"))
        self._do, self._name = do, name

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], match["name"])

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        await _answer(interaction, self._do, self._name)


class PresetForm(Form):
    """Asks for a preset's meaning and values, and for the name of a new one: others' settings name it.

    Args:
        presets: What reads and keeps it.
        speak: The language of the form.
        before: The preset as it is; None for a new one.
    """

    def __init__(self, presets: OwnPresets, speak: Translate, before: StoredPreset | None = None) -> None:
        title = speak(N_("A new preset")) if before is None else before.name
        super().__init__(title=title)
        self._presets, self._before = presets, before
        self._name: discord.ui.TextInput[PresetForm] = discord.ui.TextInput(custom_id="name", max_length=MAX_NAME)
        self._meaning: discord.ui.TextInput[PresetForm] = discord.ui.TextInput(
            custom_id="meaning", max_length=MEANING_LIMIT, default=before.meaning[:MEANING_LIMIT] if before else None
        )
        self._values: discord.ui.TextInput[PresetForm] = discord.ui.TextInput(
            custom_id="values",
            style=discord.TextStyle.paragraph,
            placeholder="temperature 0.9\ntop_p 0.95",
            default=presets.write(before.sampling) if before else None,
            max_length=VALUES_LIMIT,
            required=False,
        )
        if before is None:
            self.add_item(discord.ui.Label(text=speak(N_("What it is called")), component=self._name))
        self.add_item(discord.ui.Label(text=speak(N_("What it is for, in one line")), component=self._meaning))
        names = ", ".join(key.shown for key in presets.keys.values())
        label = speak(N_("Values, one a line, or a file's JSON"))
        self.add_item(discord.ui.Label(text=label, description=names[:100], component=self._values))

    @property
    def typed(self) -> str:
        """The words that somebody would miss."""
        return self._values.value

    async def take(self, interaction: discord.Interaction) -> None:
        """Keep what was typed, and show it in the panel."""
        require_manager(interaction)
        guild, by, speak = guild_here(interaction), UserId(interaction.user.id), speak_to(interaction)
        typed, passage = self._presets.read(self._values.value), await passage_here(interaction)
        meaning = self._meaning.value
        if self._before is None:
            name = await self._presets.keep(passage, guild, self._name.value, meaning, typed.values, by, new=True)
            done = there_now(name, speak)
        else:
            name = self._before.name
            await self._presets.change(passage, guild, self._before, meaning, typed.values, by)
            done = speak(N_("**{name}** is changed."), name=name)
        notices = [done, lost_line(typed.left_out, speak)]
        content, view = await _panel(interaction, name, notices=notices)
        await interaction.response.edit_message(content=content, view=view)


ITEMS = (PresetSelect, PresetButton)


async def send_presets(interaction: discord.Interaction) -> None:
    """Send the panel to whoever asked, and nobody else."""
    content, view = await _panel(interaction)
    await interaction.response.send_message(content, view=view, ephemeral=True)


async def passage_here(interaction: discord.Interaction) -> Passage:
    """Give the door for the name and meaning of a preset, which stand beneath texts in all channels."""
    place = Place(guild_here(interaction), channel_here(interaction), UserId(interaction.user.id))
    return await services_of(interaction).door.of_server(place)


def there_now(name: str, speak: Translate) -> str:
    """Say that a preset can be chosen."""
    return speak(N_("**{name}** is there now: /write offers it."), name=discord.utils.escape_markdown(name))


def lost_line(left_out: Sequence[str], speak: Translate) -> str:
    """Name what of a file could not be taken; nothing where all was."""
    if not left_out:
        return ""
    lost = ", ".join(discord.utils.escape_markdown(each) for each in left_out[:SHOWN_LOST])
    return speak(N_("Could not be taken: {names}"), names=lost + ("…" if len(left_out) > SHOWN_LOST else ""))


def values_line(presets: OwnPresets, values: Mapping[str, Json], speak: Translate) -> str:
    """Give a preset's values as people see them."""
    keys = [presets.keys[name] for name in presets.known(values)]
    return ", ".join(f"{key.shown} {speak.known(key.show(values[key.name]))}" for key in keys) or "…"


async def _answer(interaction: discord.Interaction, do: str, name: str) -> None:
    """Do what was pressed; the permission is checked each time, for who has the message may have lost it."""
    try:
        require_manager(interaction)
        if do in {"new", "edit"}:
            await interaction.response.send_modal(await _form(interaction, name if do == "edit" else ""))
            return
        if do == "remove":
            await services_of(interaction).presets.remove(guild_here(interaction), name)
            content, view = await _panel(interaction, notices=[speak_to(interaction)(N_("It is gone."))])
        else:
            await services_of(interaction).presets.named(guild_here(interaction), name)
            content, view = await _panel(interaction, name, removing=do == "ask")
    except (TaleloomError, app_commands.MissingPermissions) as error:
        await answer_error(interaction, error)
    else:
        await interaction.response.edit_message(content=content, view=view)


async def _form(interaction: discord.Interaction, name: str) -> PresetForm:
    presets, guild = services_of(interaction).presets, guild_here(interaction)
    if name:
        return PresetForm(presets, speak_to(interaction), await presets.named(guild, name))
    await presets.check_room(guild)
    return PresetForm(presets, speak_to(interaction))


async def _panel(
    interaction: discord.Interaction, name: str = "", *, notices: Sequence[str] = (), removing: bool = False
) -> tuple[str, discord.ui.View]:
    """Draw the panel: all of the server's own presets, or the one that was chosen."""
    speak, presets = speak_to(interaction), services_of(interaction).presets
    stored = await presets.of(guild_here(interaction))
    chosen = next((each for each in stored if each.name == name), None)
    view = discord.ui.View(timeout=None)
    lines = [*filter(None, notices)]
    if chosen is not None and removing:
        lines.append(_question(chosen, speak))
        view.add_item(PresetButton("remove", name, speak(N_("Remove for good")), discord.ButtonStyle.danger))
        view.add_item(PresetButton("show", name, speak(N_("Keep it"))))
        return "\n".join(lines), view
    if stored:
        view.add_item(PresetSelect(_select(presets, stored, chosen, speak)))
    view.add_item(PresetButton("new", "", speak(N_("New…")), discord.ButtonStyle.primary))
    if chosen is not None:
        view.add_item(PresetButton("edit", name, speak(N_("Edit…"))))
        view.add_item(PresetButton("ask", name, speak(N_("Remove…"))))
    lines.append(_text(presets, stored, chosen, speak))
    return in_one_message("\n".join(lines)), view


def _question(chosen: StoredPreset, speak: Translate) -> str:
    return speak(
        N_("Remove **{name}**? Settings that name it do not count any more then."),
        name=discord.utils.escape_markdown(chosen.name),
    )


def _text(presets: OwnPresets, stored: Sequence[StoredPreset], chosen: StoredPreset | None, speak: Translate) -> str:
    if not stored:
        return speak(N_("This server has no preset of its own yet. Press New… to make one."))
    title = speak(N_("**Presets of this server: {count} of at most {limit}**"), count=len(stored), limit=MOST_PRESETS)
    shown = [chosen] if chosen is not None else stored
    full = [f"- {_line(each, 100)}\n-# {values_line(presets, each.sampling, speak)}" for each in shown]
    text = "\n".join([title, *full])
    return text if len(text) <= 1800 else "\n".join([title, *(f"- {_line(each, SHOWN_MEANING)}" for each in shown)])


def _line(preset: StoredPreset, width: int) -> str:
    meaning = preset.meaning if len(preset.meaning) <= width else f"{preset.meaning[: width - 1]}…"
    return f"**{discord.utils.escape_markdown(preset.name)}** – {discord.utils.escape_markdown(meaning)}"


def _select(
    presets: OwnPresets, stored: Sequence[StoredPreset], chosen: StoredPreset | None, speak: Translate
) -> discord.ui.Select[Any]:
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id="tl:presets", placeholder=speak(N_("Choose a preset."))
    )
    for each in stored[:25]:
        values = values_line(presets, each.sampling, speak)
        select.add_option(label=each.name, value=each.name, description=values[:100], default=each is chosen)
    return select
