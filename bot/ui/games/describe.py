"""A game in words: pure functions from where it stands to what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import N_
from bot.games import MODEL_SEAT, VOTED, GameKind, Order, Phase, Presence
from bot.stories.games import ballot
from bot.stories.games.happenings import Chosen, Ended, Milestone, PassedOn, Reminder, Rested, Unpaired
from bot.ui.render import in_one_message

if TYPE_CHECKING:
    from bot.games import Game, GameRules, Player
    from bot.store.games import StoredGame
    from bot.stories.games.happenings import Happening
    from bot.ui.texts import Translate

KINDS = {
    GameKind.RELAY: N_("Relay"),
    GameKind.ADVENTURE: N_("Adventure"),
    GameKind.LINES: N_("One line each"),
    GameKind.WORDS: N_("One word each"),
    GameKind.VOTE: N_("Vote"),
    GameKind.DUEL: N_("Duel"),
}
EXPLAINED = {
    GameKind.RELAY: N_("People and the model go on with the story one after the other."),
    GameKind.ADVENTURE: N_("You say what the hero does, and the model tells what comes of it."),
    GameKind.LINES: N_("Everybody adds a line, the model too. Nobody adds two in a row."),
    GameKind.WORDS: N_("Everybody adds a word, the model too. Nobody adds two in a row."),
    GameKind.VOTE: N_("The model offers continuations, and you vote on which is taken."),
    GameKind.DUEL: N_("Two ways of writing that are not named go on with the story, and you vote on the better."),
}
_ORDERS = {
    Order.ANYONE: N_("anybody may write at any time"),
    Order.ROUND: N_("one after the other"),
    Order.RANDOM: N_("everybody once a round, in random order"),
    Order.FIXED: N_("one after the other, by invitation"),
}
SHOWN_PLAYERS = 20
LETTERS = "ABCDEFGH"


def choice_name(number: int) -> str:
    """Name a continuation that is voted on, counted from 0."""
    return LETTERS[number]


def panel(stored: StoredGame, speak: Translate) -> str:
    """Give the text of a game's panel: what it is, who plays, and what it waits for."""
    game = stored.game
    title = f"**{stored.title}** · {speak(KINDS[game.kind])}"
    lines = [title, f"-# {rules(game.rules, game.kind, speak)}", players(stored, speak), "", standing(game, speak)]
    return in_one_message("\n".join(lines))


def rules(given: GameRules, kind: GameKind, speak: Translate) -> str:
    """Say in one line how a game is played."""
    found = [speak(EXPLAINED[kind])]
    if kind in VOTED:
        if given.quorum:
            found.append(
                speak.plural("A vote ends with {count} vote.", "A vote ends with {count} votes.", given.quorum)
            )
    else:
        found.append(speak(N_("Order: {order}."), order=speak(_ORDERS[given.order])))
        if not given.model_every:
            found.append(speak(N_("The model does not write.")))
        elif given.model_every > 1:
            found.append(
                speak.plural(
                    "The model writes after {count} turn.", "The model writes after {count} turns.", given.model_every
                )
            )
        if given.dice:
            found.append(speak(N_("Dice decide whether what you do succeeds.")))
    if given.turns:
        found.append(speak.plural("It ends after {count} turn.", "It ends after {count} turns.", given.turns))
    return " ".join(found)


def players(stored: StoredGame, speak: Translate) -> str:
    """List who plays, in the order of their seats."""
    here = [_player(player, stored, speak) for player in stored.game.present[:SHOWN_PLAYERS]]
    more = len(stored.game.present) - SHOWN_PLAYERS
    shown = ", ".join([*here, f"+{more}"] if more > 0 else here)
    return speak(N_("Players: {players}"), players=shown or speak(N_("nobody")))


def standing(game: Game, speak: Translate) -> str:
    """Say what a game waits for."""
    state = game.state
    until = f"<t:{int(state.ends_at.timestamp())}:R>" if state.ends_at else ""
    match state.phase:
        case Phase.MODEL:
            return speak(N_("The model is writing…"))
        case Phase.PAUSED:
            return speak(N_("The story is paused."))
        case Phase.ENDED:
            return speak(N_("The story has ended."))
        case Phase.VOTE:
            line = speak.plural("{count} vote so far.", "{count} votes so far.", sum(ballot.tally(game)))
            return f"{speak(N_('How does it go on?'))} {line} {speak(N_('The vote ends {until}.'), until=until)}"
        case Phase.PEOPLE:
            player = game.seated(state.turn or MODEL_SEAT)
            if player is None:
                line = speak(N_("Who goes on?"))
            else:
                line = speak(N_("{player}, it is your turn."), player=f"<@{player.user_id}>")
            return f"{line} {speak(N_('There is time until {until}.'), until=until)}" if until else line


def told(happening: Happening, stored: StoredGame, speak: Translate) -> str:
    """Say what happened; empty for what the panel shows anyway."""
    line = ""
    match happening:
        case Reminder(seat):
            line = speak(N_("{player}, your time to write is nearly over."), player=_mention(stored.game, seat))
        case PassedOn(seat):
            line = speak(N_("{player} is passed over."), player=_mention(stored.game, seat))
        case Chosen() as chosen:
            line = _chosen(chosen, speak)
        case Milestone(count):
            line = speak(_MILESTONES[stored.game.kind], count=count)
        case Rested():
            line = speak(N_("Nobody goes on, so the story is paused. Its host can go on with Resume."))
        case Unpaired():
            line = speak(
                N_("Only one of the two texts came about, so the story is paused. Its host can go on with Resume.")
            )
        case Ended():
            line = _end(stored, speak)
    return line


def lost(stored: StoredGame, speak: Translate) -> str:
    """Say to its host why a game is paused that the bot cannot reach."""
    return speak(
        N_(
            "The bot can no longer write in <#{channel}>, so your story “{title}” is paused. Nothing is lost: when it "
            "may write there again, /story resume goes on."
        ),
        channel=stored.story.channel_id,
        title=stored.title,
    )


_MILESTONES = {
    GameKind.LINES: N_("🎉 {count} lines!"),
    GameKind.WORDS: N_("🎉 {count} words!"),
}


def _end(stored: StoredGame, speak: Translate) -> str:
    game = stored.game
    names = [f"<@{player.user_id}> ({player.turns})" for player in game.players if player.turns and player.user_id]
    models = game.state.written - sum(player.turns for player in game.players)
    if game.kind in VOTED and models:
        names.append(f"{speak(N_('the model'))} ({models})")
    return speak.plural(
        "**The end.** {count} turn, written by {players}.",
        "**The end.** {count} turns, written by {players}.",
        game.state.written,
        players=", ".join(names) or "…",
    )


def _chosen(chosen: Chosen, speak: Translate) -> str:
    line = speak(N_("Chosen with {count} of {all} votes."), count=max(chosen.votes), all=sum(chosen.votes))
    return f"{line} {speak(N_('Others had as many, and chance decided.'))}" if chosen.drawn else line


def _player(player: Player, stored: StoredGame, speak: Translate) -> str:
    host = f" ({speak(N_('host'))})" if player.user_id == stored.story.author_id else ""
    turns = f" {player.turns}" if player.turns else ""
    return f"<@{player.user_id}>{host}{turns}"


def _mention(game: Game, seat: int) -> str:
    player = game.seated(seat)
    return f"<@{player.user_id}>" if player and player.presence is not Presence.BARRED else "…"
