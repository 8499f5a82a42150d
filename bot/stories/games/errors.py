"""Why something cannot be done in a game now."""

from __future__ import annotations

from bot.errors import N_, TaleloomError


class GameError(TaleloomError):
    """A game's rules do not allow something."""

    template = N_("This cannot be done in this story now.")


class ModelWritesError(GameError):
    """It is the model's turn."""

    template = N_("The model is writing. Wait until its passage is there.")


class VoteRunsError(GameError):
    """There is a vote, in which nobody writes."""

    template = N_("A vote is running. Choose one of the continuations.")


class NoVoteError(GameError):
    """Nothing is voted on."""

    template = N_("Nothing is being voted on now.")


class PausedError(GameError):
    """The game rests."""

    template = N_("This story is paused. Its host can go on with /story resume.")


class EndedError(GameError):
    """The game is over."""

    template = N_("This story has ended. /story start begins another one.")


class NotPausedError(GameError):
    """There is nothing to resume."""

    template = N_("This story is not paused.")


class NotJoinedError(GameError):
    """Only players may do this."""

    template = N_("You are not in this story yet. Press Join.")


class NeverPlayedError(GameError):
    """Somebody is to be sent away who does not play."""

    template = N_("This person does not play here.")


class NotInvitedError(GameError):
    """The host chooses the players."""

    template = N_("The host chose who writes here. Ask them for an invitation.")


class BarredError(GameError):
    """The host sent this person away."""

    template = N_("The host has taken you out of this story.")


class FullError(GameError):
    """There is no seat left."""

    template = N_("All {seats} seats are taken. The host can take somebody out with /story kick.")

    def __init__(self, *, seats: int) -> None:
        super().__init__(seats=seats)


class NotYourTurnError(GameError):
    """It is somebody else's turn."""

    template = N_("It is the turn of {player}.")

    def __init__(self, *, player: str) -> None:
        super().__init__(player=player)


class NothingToPassError(GameError):
    """There is no turn that could be passed on."""

    template = N_("Here anybody may write at any time, so there is nothing to pass.")


class TwiceInARowError(GameError):
    """Nobody adds twice in a row."""

    template = N_("You wrote last. Let somebody else go on first.")


class EmptyTurnError(GameError):
    """Nothing was written."""

    template = N_("There is nothing in it. Write something.")


class TooLongTurnError(GameError):
    """A turn has more characters than the rules allow."""

    template = N_("A turn may have {limit} characters here; this has {length}.")

    def __init__(self, *, limit: int, length: int) -> None:
        super().__init__(limit=limit, length=length)


class OneLineError(GameError):
    """A turn is more than one line."""

    template = N_("Everybody adds one line here. Write it without a break.")


class OneWordError(GameError):
    """A turn is more than one word."""

    template = N_("Everybody adds one word here. Write just one.")


class NoEntriesError(GameError):
    """Nothing of one's own can be put to the vote."""

    template = N_("In this story only the model's continuations are voted on.")


class EnteredBeforeError(GameError):
    """One entry a person and vote."""

    template = N_("You have put a continuation to this vote already.")


class TooManyEntriesError(GameError):
    """A vote has no room for more."""

    template = N_("This vote has as many continuations as it can hold.")


class NoSuchChoiceError(GameError):
    """A vote for something that is not offered."""

    template = N_("This continuation is not among those that are offered.")
