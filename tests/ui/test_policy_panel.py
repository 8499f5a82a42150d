"""The panel of policies: a place, a policy, and category by category what a custom one does."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.ids import ChannelId, GuildId
from bot.safety.policy import STANDARD, STRICT, Policy, PolicyName
from bot.safety.verdict import Action, Category, Severity
from bot.store import Scope
from bot.store.safety import WHOLE_SERVER
from bot.writing.door import Place
from tests.cogs.test_safety import mark_age_restricted, safety
from tests.cogs.test_safety import shown as written
from tests.cogs.test_write import labels, said
from tests.ui.test_panel import chosen, pressed, selects
from tests.world import World, open_world, quick_settings, speaking

PLACE, POLICY, CATEGORY = (f"tl:policy:{about}:server" for about in ("place", "policy", "category"))
MILD_SWEARING, STRONG_SWEARING = (f"tl:policy:do:server:profanity:{severity}" for severity in ("mild", "strong"))
SEVERE_SEX = "tl:policy:do:server:sexual:severe"
FOR_ADULTS = "-# Less than under “standard” is done about sexual content in age-restricted channels alone."
NOT_ALLOWED = "You need the permission Manage Server for that."


async def panel(world: World, where: Any = None, **options: Any) -> Any:
    """Open the panel."""
    result = await world.admin.slash(where or world.channel, "safety policy", **options)
    assert result.response.ephemeral
    return result.response.message


async def custom(world: World, category: Category = Category.PROFANITY) -> Any:
    """Open the panel at a category of the server's custom policy, which is chosen first."""
    return await chosen(world, await chosen(world, await panel(world), POLICY, "custom"), CATEGORY, category)


async def held(world: World, channel: Any = None) -> Policy:
    """What holds in a channel, by what the door asks."""
    place = Place(GuildId(world.guild.id), ChannelId((channel or world.channel).id))
    return await world.bot.services.door.policy_at(place)


async def of_their_own(world: World) -> dict[str, str]:
    """The policies that the server and the channel have."""
    found = await world.bot.services.policies.chosen(GuildId(world.guild.id), ChannelId(world.channel.id))
    return {"server" if place == WHOLE_SERVER else "channel": str(name) for place, name in found.items()}


async def audit(world: World) -> list[tuple[str, Any, Any, int]]:
    """What is written down about the server, oldest first."""
    changes = await world.bot.services.store.settings.changes(Scope.SERVER, world.guild.id)
    return [(change.key, change.before, change.after, change.changed_by) for change in reversed(changes)]


def marked(message: Any, custom_id: str) -> list[str]:
    return [option.value for option in selects(message)[custom_id].options if option.default]


def offered(message: Any, custom_id: str) -> list[str]:
    return [option.value for option in selects(message)[custom_id].options]


async def test_the_panel_says_what_holds_here_and_offers_places_and_policies(world: World) -> None:
    opened = await panel(world)
    assert opened.content.startswith("Here holds **standard**. What is done about mild, strong and severe:\n- swearing")
    assert {option.label: option.description for option in selects(opened)[PLACE].options} == {
        "this server": "none of its own: as the server, or standard",
        "this channel": "none of its own: as the server, or standard",
    }
    assert marked(opened, PLACE) == ["server"]
    assert offered(opened, POLICY) == ["strict", "standard", "relaxed", "custom", "inherit"]
    assert marked(opened, POLICY) == ["inherit"]
    assert CATEGORY not in selects(opened)


async def test_a_policy_holds_where_it_is_chosen_for_until_that_place_goes_by_the_server_again(world: World) -> None:
    shown = await chosen(world, await panel(world), POLICY, "strict")
    assert "Here holds **strict**" in shown.content
    shown = await chosen(world, shown, PLACE, "channel")
    shown = await chosen(world, shown, "tl:policy:policy:channel", "standard")
    assert "Here holds **standard**" in shown.content
    assert await of_their_own(world) == {"server": "strict", "channel": "standard"}
    assert (await held(world, world.guild.create_text_channel("other"))).name == "strict"

    shown = await chosen(world, shown, "tl:policy:policy:channel", "inherit")
    assert "Here holds **strict**" in shown.content
    assert await of_their_own(world) == {"server": "strict"}


async def test_a_channel_with_a_policy_of_its_own_is_what_the_panel_opens_with(world: World) -> None:
    await safety(world, "policy", policy="strict", place="channel")
    opened = await panel(world)
    assert marked(opened, "tl:policy:place:channel") == ["channel"]
    assert marked(opened, "tl:policy:policy:channel") == ["strict"]
    shown = await chosen(world, opened, "tl:policy:place:channel", "server")
    assert "-# This channel goes by a policy of its own, not by the server's, which is changed below." in shown.content
    assert marked(await panel(world, place="channel"), "tl:policy:place:channel") == ["channel"]


async def test_a_threads_panel_knows_of_the_policy_of_its_channel(world: World) -> None:
    await safety(world, "policy", policy="strict", place="channel")
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="aside", type=discord.ChannelType.public_thread)
    await world.env.settle()
    (thread,) = world.channel.threads
    opened = await panel(world, where=thread)
    assert "Here holds **strict**" in opened.content
    assert marked(opened, "tl:policy:policy:channel") == ["inherit"]


async def test_relaxed_is_offered_to_age_restricted_channels_and_to_the_server(world: World) -> None:
    here = await panel(world, place="channel")
    assert "relaxed" not in offered(here, "tl:policy:policy:channel")
    mark_age_restricted(world, world.channel)
    here = await panel(world, place="channel")
    assert "relaxed" in offered(here, "tl:policy:policy:channel")
    shown = await chosen(world, here, "tl:policy:policy:channel", "relaxed")
    assert "Here holds **relaxed**" in shown.content
    mark_age_restricted(world, world.channel, marked=False)
    shown = await panel(world)
    assert "Here holds **standard**" in shown.content
    assert "-# “relaxed” is set, but holds in age-restricted channels alone, and this is none." in shown.content


async def test_relaxed_is_refused_where_the_channel_is_no_longer_age_restricted(world: World) -> None:
    mark_age_restricted(world, world.channel)
    opened = await panel(world, place="channel")
    mark_age_restricted(world, world.channel, marked=False)
    refused = await world.admin.select(opened, ["relaxed"], custom_id="tl:policy:policy:channel")
    assert said(refused).startswith("The policy “relaxed” is for age-restricted channels alone")
    assert await of_their_own(world) == {}


async def test_a_custom_policy_begins_from_what_held_and_stays_so_in_all_that_is_not_changed(world: World) -> None:
    await safety(world, "policy", policy="strict")
    shown = await custom(world)
    assert (await held(world)).actions == STRICT.actions
    await chosen(world, shown, MILD_SWEARING, "block")
    now, key = await held(world), (Category.PROFANITY, Severity.MILD)
    assert (now.name, now.actions) == (PolicyName.CUSTOM, {**STRICT.actions, key: Action.BLOCK})
    assert now.wary
    assert "As under “strict”, the reading of whole sentences counts" in (await panel(world)).content


async def test_a_channels_custom_policy_begins_from_the_servers(world: World) -> None:
    await safety(world, "policy", policy="strict")
    here = await panel(world, place="channel")
    await chosen(world, here, "tl:policy:policy:channel", "custom")
    await safety(world, "policy", policy="standard")
    now = await held(world)
    assert (now.name, now.actions) == ("custom", STRICT.actions)


async def test_what_is_chosen_for_a_severity_is_done_from_then_on(world: World) -> None:
    assert "What the ••••" in await written(world)
    shown = await chosen(world, await custom(world), STRONG_SWEARING, "allow")
    assert shown.content == (
        "**swearing**, this server. What is done about mild, strong and severe: let pass · let pass · masked"
    )
    assert marked(shown, STRONG_SWEARING) == ["allow"]
    assert "What the fuck" in await written(world)
    await chosen(world, shown, STRONG_SWEARING, "block")
    assert "was not used" in said(await world.write("What the fuck."))


async def test_each_choice_names_its_severity_and_says_what_comes_of_it(world: World) -> None:
    options = selects(await custom(world))[MILD_SWEARING].options
    assert {option.label: option.description for option in options} == {
        "mild: let pass": "It stays as it is.",
        "mild: masked": "Dots stand for its letters.",
        "mild: written again": "The model writes it again; what a person wrote is masked.",
        "mild: blocked": "The model writes it again; what a person wrote is refused.",
    }


async def test_what_is_locked_is_not_offered_and_said_to_be_so(world: World) -> None:
    shown = await custom(world, Category.SLUR)
    assert not {"hate", "sexual-minors", "custom"} & {*offered(shown, CATEGORY)}
    assert [name for name in selects(shown) if ":do:" in name] == [
        "tl:policy:do:server:slur:mild", "tl:policy:do:server:slur:strong",
    ]  # fmt: skip
    assert "-# What is severe of it stays blocked in every server; that cannot be changed." in shown.content


async def test_a_category_goes_back_to_the_standard_and_the_others_stay(world: World) -> None:
    await safety(world, "policy", policy="strict")
    shown = await custom(world)
    shown = await pressed(world, shown, "Back to the standard")
    assert "let pass · masked · masked" in shown.content
    now = await held(world)
    row = {(Category.PROFANITY, severity): STANDARD.action_for(Category.PROFANITY, severity) for severity in Severity}
    assert now.actions == {**STRICT.actions, **row}
    shown = await pressed(world, shown, "All categories")
    assert marked(shown, POLICY) == ["custom"]
    assert "Here holds **custom**" in shown.content


async def test_in_a_channel_for_everybody_sexual_content_is_treated_no_more_laxly_than_by_standard(
    world: World,
) -> None:
    await safety(world, "policy", policy="custom", place="channel")
    sexual = {severity: f"tl:policy:do:channel:sexual:{severity}" for severity in ("mild", "strong", "severe")}
    shown = await chosen(world, await panel(world), "tl:policy:category:channel", "sexual")
    assert FOR_ADULTS in shown.content
    assert offered(shown, sexual["strong"]) == ["mask", "retry", "block"]
    assert sexual["severe"] not in selects(shown)

    mark_age_restricted(world, world.channel)
    shown = await chosen(world, shown, "tl:policy:category:channel", "sexual")
    assert offered(shown, sexual["severe"]) == ["allow", "mask", "retry", "block"]
    mark_age_restricted(world, world.channel, marked=False)
    refused = await world.admin.select(shown, ["allow"], custom_id=sexual["severe"])
    assert said(refused).startswith("Less than under “standard” can be done about sexual content")
    mark_age_restricted(world, world.channel)
    assert (await held(world)).actions == STANDARD.actions


async def test_what_a_server_lets_pass_of_sexual_content_passes_in_its_age_restricted_channels_alone(
    world: World,
) -> None:
    adults, key = world.guild.create_text_channel("adults"), (Category.SEXUAL, Severity.SEVERE)
    mark_age_restricted(world, adults)
    shown = await chosen(world, await custom(world, Category.SEXUAL), SEVERE_SEX, "allow")
    assert FOR_ADULTS in shown.content
    assert marked(shown, SEVERE_SEX) == ["allow"]
    assert FOR_ADULTS in (await pressed(world, shown, "All categories")).content
    assert (await held(world, adults)).actions[key] is Action.ALLOW
    assert (await held(world)).actions[key] is Action.BLOCK


async def test_a_servers_custom_policy_lets_nothing_for_adults_out_of_their_channels(world: World) -> None:
    mark_age_restricted(world, world.channel)
    await safety(world, "policy", policy="relaxed")
    await chosen(world, await panel(world), POLICY, "custom")
    assert (await held(world)).actions == STANDARD.actions


async def test_an_old_panel_changes_one_thing_and_shows_what_others_changed(world: World) -> None:
    first, second = await custom(world), await custom(world)
    await chosen(world, first, STRONG_SWEARING, "allow")
    shown = await chosen(world, second, MILD_SWEARING, "mask")
    assert "masked · let pass · masked" in shown.content
    mild, strong = (Category.PROFANITY, Severity.MILD), (Category.PROFANITY, Severity.STRONG)
    assert (await held(world)).actions == {**STANDARD.actions, mild: Action.MASK, strong: Action.ALLOW}


async def test_an_old_panel_leaves_the_policy_that_somebody_else_chose_meanwhile(world: World) -> None:
    at_category, with_all = await custom(world), await panel(world)
    await safety(world, "policy", policy="strict")
    for shown in (
        await chosen(world, at_category, STRONG_SWEARING, "allow"),
        await chosen(world, with_all, CATEGORY, "spam"),
    ):
        assert shown.content.startswith("Another policy was chosen meanwhile; nothing of it was changed.\n")
        assert "Here holds **strict**" in shown.content
        assert marked(shown, POLICY) == ["strict"]
    assert await held(world) == STRICT


async def test_pressing_twice_does_no_harm_and_is_written_down_once(world: World) -> None:
    opened, other = await panel(world), await panel(world)
    for message in (opened, other):
        await chosen(world, message, POLICY, "custom")
    shown, again = await custom(world), await custom(world)
    for message in (shown, again):
        await chosen(world, message, STRONG_SWEARING, "allow")
    back, late = await custom(world), await custom(world)
    for message in (back, late):
        assert "let pass · masked · masked" in (await pressed(world, message, "Back to the standard")).content
    own = {"policy": "custom", "profanity": {"strong": "allow"}}
    assert await audit(world) == [
        ("safety.policy", None, "custom", world.admin.id),
        ("safety.policy", "custom", own, world.admin.id),
        ("safety.policy", own, "custom", world.admin.id),
    ]


async def test_a_custom_policy_can_be_had_again_as_it_was_last_set(world: World) -> None:
    shown = await custom(world)
    await chosen(world, shown, STRONG_SWEARING, "allow")
    last = await held(world)
    for choice in ("strict", "inherit"):
        shown = await chosen(world, await panel(world), POLICY, choice)
        assert "custom: as it was last set" in [option.label for option in selects(shown)[POLICY].options]
        shown = await chosen(world, shown, POLICY, "last")
        assert "last" not in offered(shown, POLICY)
        assert await held(world) == last


async def test_whoever_may_not_manage_the_server_any_more_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, at_category, other = await panel(world), await custom(world), await custom(world, Category.SEXUAL)
    before = await audit(world)
    monkeypatch.setattr(discord.Interaction, "permissions", discord.Permissions.none())
    for result in (
        await world.admin.select(opened, ["strict"], custom_id=POLICY),
        await world.admin.select(opened, ["channel"], custom_id=PLACE),
        await world.admin.select(at_category, ["allow"], custom_id=STRONG_SWEARING),
        await world.admin.click(other, label="All categories"),
    ):
        assert said(result).strip() == NOT_ALLOWED
        assert result.response.ephemeral
    assert await audit(world) == before


async def test_the_panel_is_for_managers_alone_whatever_a_server_shows_to_others(world: World) -> None:
    (command,) = [each for each in await world.bot.tree.fetch_commands() if each.name == "safety"]
    world.guild.set_command_permissions(command, {world.guest: True})
    assert said(await world.guest.slash(world.channel, "safety policy")) == NOT_ALLOWED


async def test_another_servers_moderator_neither_sees_nor_changes_it(world: World) -> None:
    await chosen(world, await custom(world), STRONG_SWEARING, "allow")
    before = await held(world)
    elsewhere = world.env.create_guild("Elsewhere")
    manager = elsewhere.create_role("Keeper", permissions=discord.Permissions(manage_guild=True))
    keeper: Any = elsewhere.add_member(world.env.create_user("other"), roles=[manager])
    opened = (await keeper.slash(elsewhere.create_text_channel("general"), "safety policy")).response.message
    assert "Here holds **standard**" in opened.content
    assert "last" not in offered(opened, POLICY)
    shown = await chosen(world, opened, POLICY, "custom", who=keeper)
    assert "- swearing: let pass · masked · masked" in shown.content
    shown = await chosen(world, shown, CATEGORY, "profanity", who=keeper)
    await chosen(world, shown, STRONG_SWEARING, "block", who=keeper)
    assert await held(world) == before


async def test_the_panel_works_after_a_restart_and_in_chinese(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        opened, at_category = await panel(world), await custom(world)
        await world.restart()
        async with speaking(world, world.admin, "zh-CN"):
            shown = await chosen(world, at_category, STRONG_SWEARING, "allow")
            assert shown.content == "**脏话**，本服务器。对轻、中、重三种程度的处理：放行 · 放行 · 遮盖"
            assert labels(shown) == ["恢复成标准", "全部类别"]
            shown = await pressed(world, shown, "恢复成标准")
            assert "放行 · 遮盖 · 遮盖" in shown.content
            shown = await chosen(world, opened, POLICY, "strict")
            assert shown.content.startswith("这里用的是 **严格**。")
        assert await held(world) == STRICT
