"""`/safety` as moderators use it: which policy holds where, words of a server's own, what is told and undone."""

from __future__ import annotations

import json
from typing import Any, cast

import discord
import pytest

from bot.ids import ChannelId, GuildId, UserId
from bot.safety.own.rules import WORDS
from bot.safety.verdict import Action, Category, Severity
from bot.writing.rule_files import BYTES_LIMIT
from tests.cogs.test_write import said
from tests.world import World, speaking

SWEARING = "“What the fuck,” said the captain, and the harbour was silent."


async def safety(world: World, verb: str, *, where: Any = None, **options: Any) -> str:
    result = await world.admin.slash(where or world.channel, f"safety {verb}", **options)
    assert result.response.ephemeral
    return said(result)


def mark_age_restricted(world: World, channel: Any, *, marked: bool = True) -> None:
    """Mark a channel as Discord does; the Discord in memory has no such mark of its own."""
    cast("discord.TextChannel", world.bot.get_channel(channel.id)).nsfw = marked


async def shown(world: World, channel: Any = None, prompt: str = SWEARING) -> str:
    await world.write(prompt, channel=channel)
    return world.last(channel).content


async def test_each_place_goes_by_its_policy_and_a_channels_goes_first(world: World) -> None:
    other = world.guild.create_text_channel("other")
    assert "What the ••••" in await shown(world)
    assert "Here holds **strict**" in await safety(world, "policy", policy="strict")
    assert "Here holds **standard**" in await safety(world, "policy", policy="standard", place="channel", where=other)
    assert "Here holds **strict**" in await safety(world, "policy")
    await safety(world, "policy", policy="inherit", place="channel", where=other)
    assert "Here holds **strict**" in await safety(world, "policy", where=other)


async def test_the_relaxed_policy_is_refused_for_a_channel_that_everybody_may_enter(world: World) -> None:
    answer = await safety(world, "policy", policy="relaxed", place="channel")
    assert answer.startswith("The policy “relaxed” is for age-restricted channels alone")
    assert "Here holds **standard**" in await safety(world, "policy")


async def test_what_is_no_policy_is_named_with_those_that_there_are_and_nothing_is_set(world: World) -> None:
    await safety(world, "policy", policy="strict")
    assert await safety(world, "policy", policy="lenient {x}") == (
        "There is no policy “lenient {x}”: there are strict, standard, relaxed, custom, and “inherit”, which is "
        "that of the server, or standard."
    )
    assert "Here holds **strict**" in await safety(world, "policy")


async def test_a_policy_can_be_typed_as_it_is_called_in_ones_language(world: World) -> None:
    assert "Here holds **strict**" in await safety(world, "policy", policy=" Strict ")
    async with speaking(world, world.admin, "zh-CN"):
        assert "这里用的是 **标准**" in await safety(world, "policy", policy="标准")


async def test_custom_is_what_was_last_set_in_that_place_or_standard_to_begin_with(world: World) -> None:
    await safety(world, "policy", policy="strict")
    answer = await safety(world, "policy", policy="custom")
    assert "The policy of this server is set.\nHere holds **custom**" in answer
    assert "- swearing: let pass · masked · masked" in answer
    book, guild, key = world.bot.services.policies, GuildId(world.guild.id), (Category.PROFANITY, Severity.MILD)
    await book.change_custom(guild, None, {key: Action.BLOCK}, UserId(world.admin.id))
    for other in ("strict", "inherit"):
        await safety(world, "policy", policy=other)
        assert "- swearing: blocked · masked · masked" in await safety(world, "policy", policy="custom")
    assert "- swearing: let pass" in await safety(world, "policy", policy="custom", place="channel")


async def test_the_policies_are_offered_with_their_meanings(world: World) -> None:
    offered = await world.admin.autocomplete(world.channel, "safety policy", "policy", "")
    assert [choice["value"] for choice in offered] == ["strict", "standard", "relaxed", "custom", "inherit"]
    (found,) = await world.admin.autocomplete(world.channel, "safety policy", "policy", "inh")
    assert found["name"] == "none of its own: as the server, or standard"


async def test_a_servers_relaxed_policy_holds_in_its_age_restricted_channels_alone(world: World) -> None:
    adults = world.guild.create_text_channel("adults")
    mark_age_restricted(world, adults)
    await safety(world, "policy", policy="relaxed")
    assert "What the fuck" in await shown(world, adults)
    assert "What the ••••" in await shown(world)


async def test_a_channel_that_is_no_longer_age_restricted_goes_by_the_standard_policy(world: World) -> None:
    mark_age_restricted(world, world.channel)
    await safety(world, "policy", policy="relaxed", place="channel")
    assert "What the fuck" in await shown(world)
    mark_age_restricted(world, world.channel, marked=False)
    assert "What the ••••" in await shown(world)


async def test_hate_and_minors_stay_blocked_under_the_relaxed_policy(world: World) -> None:
    mark_age_restricted(world, world.channel)
    await safety(world, "policy", policy="relaxed")
    refused = said(await world.write("A tale of lolicon."))
    assert "sexual content about minors" in refused
    assert "lolicon" not in refused


async def test_a_text_can_be_tried_and_nobody_else_is_told(world: World) -> None:
    await safety(world, "log", channel=world.channel)
    answer = await safety(world, "test", text="What the fuck, write to ada@example.com")
    assert "As a whole: **masked**" in answer
    assert "**swearing** (strong): masked, by the list of words: ||fuck||" in answer
    assert "**personal data** (strong): masked, by an e-mail address" in answer
    assert "What the ••••" in answer
    assert await safety(world, "test", text="A quiet harbour.") == "As a whole: **let pass**.\nNothing was found in it."
    assert await world.bot.services.store.safety_events.latest(GuildId(world.guild.id)) == ()


async def test_a_servers_own_words_are_masked_blocked_or_let_pass(world: World) -> None:
    assert "is blocked here from now on" in await safety(world, "words add", text="Frobnicate")
    assert "||frobnicate|| (blocked)" in await safety(world, "words list")
    assert "a word of this server's own list" in said(await world.write("They frobnicate."))
    await safety(world, "words add", text="harbour", action="mask")
    await safety(world, "words add", text="fuck", action="allow")
    assert "“What the fuck,” said the captain, and the ••••••• was silent." in await shown(world)
    offered = await world.admin.autocomplete(world.channel, "safety words remove", "rule", "harb")
    await safety(world, "words remove", rule=offered[0]["value"])
    assert "the harbour was silent" in await shown(world)


async def test_a_word_that_stays_blocked_everywhere_is_said_to(world: World) -> None:
    answer = await safety(world, "words add", text="lolicon", action="allow")
    assert answer == "||lolicon|| stays blocked: sexual content about minors cannot be let pass in any server."
    assert "was not used" in said(await world.write("A tale of lolicon."))


async def test_what_still_finds_an_allowed_word_is_named(world: World) -> None:
    answer = await safety(world, "words add", text="fucking hell", action="allow")
    assert answer == ("||fucking hell|| is still masked here, by the list of words: ||fuck||: allow that word as well.")
    await safety(world, "words add", text="harbour")
    answer = await safety(world, "words add", text="harbour", action="allow")
    assert answer.endswith("a word of this server's own list: ||harbour||: take that away with /safety words remove.")
    answer = await safety(world, "words add", text="ada@example.com", action="allow")
    assert answer.endswith("is still masked here, by an e-mail address: change that with /safety policy.")


async def test_an_inflection_is_let_pass_as_was_said(world: World) -> None:
    answer = await safety(world, "words add", text="fucking", action="allow")
    assert answer == "||fucking|| is let pass here from now on."
    assert "What the fucking ••••" in await shown(world, prompt="What the fucking fuck, said the captain.")


async def test_an_expression_cannot_be_allowed(world: World) -> None:
    answer = await safety(world, "words add", text="fuck.*", action="allow", expression=True)
    assert answer == "Only a word or phrase can be let pass: leave out “expression”, or choose to mask or block."
    assert "none of its own" in await safety(world, "words list")


async def test_a_long_list_is_cut_between_rules_and_comes_whole_as_a_file(world: World) -> None:
    texts = [f"frob{number:03}{'nicate' * 7}" for number in range(WORDS)]
    rules = [{"kind": "blocked word", "text": text} for text in texts]
    data = json.dumps({"rules": rules}).encode()
    await safety(world, "words import", file=("words.json", data))
    result = await world.admin.slash(world.channel, "safety words list")
    *lines, last = said(result).splitlines()
    assert lines == [f"- ||{text}|| (blocked)" for text in texts[: len(lines)]]
    assert last == f"… and {WORDS - len(lines)} more rules. The file has all of them."
    assert len(said(result)) <= 2_000 < len(said(result)) + len(lines[0]) + 10
    (file,) = result.response.attachments
    assert file.filename == "words.txt"
    assert (await file.read()).decode().splitlines() == [f"{text} (blocked)" for text in texts]


async def test_an_expression_is_tried_before_it_is_kept(world: World) -> None:
    assert "cannot be used" in await safety(world, "words add", text="(", expression=True)
    assert "every text" in await safety(world, "words add", text=".*e", expression=True)
    await safety(world, "words add", text=r"ship no\. \d+", expression=True, action="mask")
    assert "He saw •••• ••• •• and ran." in await shown(world, prompt="He saw ship no. 17 and ran.")


async def test_words_go_from_one_server_to_another_in_a_file(world: World) -> None:
    await safety(world, "words add", text="frobnicate")
    await safety(world, "words add", text="fuck", action="allow")
    exported = await world.admin.slash(world.channel, "safety words export")
    data = await exported.response.attachments[0].read()
    assert {rule["text"] for rule in json.loads(data)["rules"]} == {"frobnicate", "fuck"}
    for rule in await world.bot.services.policies.rules(GuildId(world.guild.id)):
        await world.bot.services.policies.remove_rule(GuildId(world.guild.id), rule.id, UserId(world.admin.id))
    assert "has none of its own" in await safety(world, "words list")
    assert "2 rules were taken over" in await safety(world, "words import", file=("words.json", data))
    assert "||frobnicate|| (blocked)" in await safety(world, "words list")
    assert "no file of words" in await safety(world, "words import", file=("words.json", b"nonsense"))


async def test_of_a_file_with_too_many_words_none_is_taken_over(world: World) -> None:
    await safety(world, "words add", text="frobnicate")
    rules = [{"kind": "blocked word", "text": f"frob{number}nicate"} for number in range(WORDS)]
    data = json.dumps({"rules": rules}).encode()
    assert f"at most {WORDS} of these" in await safety(world, "words import", file=("words.json", data))
    assert len(await world.bot.services.policies.rules(GuildId(world.guild.id))) == 1
    large = data + b" " * BYTES_LIMIT
    assert "too large for words" in await safety(world, "words import", file=("words.json", large))


@pytest.mark.parametrize("texts", [False, True])
async def test_what_is_blocked_is_told_to_the_log_channel(world: World, texts: bool) -> None:
    log = world.guild.create_text_channel("log")
    result = await world.admin.slash(world.channel, "safety log", channel=log, texts=texts)
    assert result.response.ephemeral
    await world.write("A tale of lolicon.")
    entry = world.last(log).content
    assert f"<@{world.writer.id}> in <#{world.channel.id}>" in entry
    assert "**sexual content about minors**: blocked, by the list of words" in entry
    assert ("A tale of" in entry) is texts


@pytest.mark.parametrize("lacking", ["view_channel", "send_messages"])
async def test_a_channel_in_which_the_bot_cannot_write_is_not_chosen(world: World, lacking: str) -> None:
    me = world.bot.get_guild(world.guild.id).me  # type: ignore[union-attr]
    denied = discord.PermissionOverwrite(**{lacking: False})
    closed = world.guild.create_text_channel("closed", overwrites={me.top_role: denied})
    assert await safety(world, "log", channel=closed) == (
        f"I cannot write in <#{closed.id}>, so nobody would be told there. Give me the permissions View Channel and "
        "Send Messages in it, then choose it again."
    )
    assert await world.bot.services.store.safety.log(GuildId(world.guild.id)) is None


async def test_a_text_full_of_signs_is_shown_to_moderators(world: World) -> None:
    log = world.guild.create_text_channel("log")
    await world.admin.slash(world.channel, "safety log", channel=log, texts=True)
    await world.write("A tale of lolicon." + "*_~`>|" * 320)
    entry = world.last(log).content
    assert "||A tale of lolicon.\\*\\_\\~\\`" in entry
    assert entry.endswith("…||")
    assert len(entry) <= 2_000


async def test_what_was_found_is_drawn_by_day(world: World) -> None:
    await shown(world)
    result = await world.admin.slash(world.channel, "safety stats")
    assert "🟥 swearing: 1" in said(result)
    assert result.response.attachments[0].filename == "safety.png"


async def test_who_is_refused_again_and_again_waits_until_a_moderator_pardons(world: World) -> None:
    for _ in range(5):
        assert "was not used" in said(await world.write("A tale of lolicon."))
    assert "Several of your texts were refused" in said(await world.write("A quiet harbour."))
    assert "can try again at once" in await safety(world, "pardon", person=world.writer)
    assert "A quiet harbour." in await shown(world, prompt="A quiet harbour.")
    assert "Nothing kept" in await safety(world, "pardon", person=world.writer)


async def test_whoever_was_never_refused_was_kept_by_nothing(world: World) -> None:
    await shown(world)
    assert "Nothing kept" in await safety(world, "pardon", person=world.writer)


async def test_decisions_are_kept_without_the_text(world: World) -> None:
    await shown(world)
    (dated,) = await world.bot.services.store.safety_events.latest(GuildId(world.guild.id))
    event = dated.event
    assert (event.channel_id, event.user_id) == (ChannelId(world.channel.id), UserId(world.writer.id))
    assert (event.category, event.action, event.rule) == ("profanity", "mask", "fuck")


async def test_one_server_does_not_see_or_change_anothers(world: World) -> None:
    await safety(world, "policy", policy="strict")
    await safety(world, "words add", text="frobnicate")
    elsewhere = world.env.create_guild("Elsewhere")
    manager = elsewhere.create_role("Keeper", permissions=discord.Permissions(manage_guild=True))
    admin = elsewhere.add_member(world.env.create_user("other"), roles=[manager])
    channel = elsewhere.create_text_channel("general")
    assert "Here holds **standard**" in said(await admin.slash(channel, "safety policy"))
    assert "none of its own" in said(await admin.slash(channel, "safety words list"))
    assert "There is no such rule" in said(await admin.slash(channel, "safety words remove", rule="frobnicate"))
