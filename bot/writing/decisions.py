"""What is written down of the safety layer's decisions: everything but the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.safety.verdict import Action, Verdict
from bot.store.safety_events import SafetyEvent

if TYPE_CHECKING:
    from bot.ids import ChannelId, GuildId, UserId


def decision_of(
    verdict: Verdict, *, guild: GuildId | None, channel: ChannelId, user: UserId, of_model: bool
) -> SafetyEvent | None:
    """Give what is kept of a verdict; None where the text passed.

    Args:
        verdict: Of a whole text, or of a piece of a stream.
        guild: Where; None is a direct message.
        channel: Where.
        user: Who wrote the text, or had it written.
        of_model: Whether the model wrote it.
    """
    hit = verdict.decisive
    if verdict.action is Action.ALLOW or hit is None:
        return None
    return SafetyEvent(
        guild_id=guild,
        channel_id=channel,
        user_id=user,
        of_model=of_model,
        category=hit.category.value,
        severity=hit.severity.value,
        action=verdict.action.value,
        source=hit.rule.source.value,
        rule=hit.rule.name,
    )
