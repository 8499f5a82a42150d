"""What can go wrong between a person's request and a finished turn."""

from __future__ import annotations

from bot.errors import N_, TaleloomError


class WritingError(TaleloomError):
    """A request was refused or went wrong."""

    template = N_("This could not be written. Try again in a moment.")


class InvalidSettingError(WritingError):
    """A setting's value is none that it may have.

    Args:
        name: The setting, as people see it.
        allowed: Its values, in figures or names that need no translation.
        value: What was given.
    """

    template = N_("{name} can be {allowed}; {value} is not among these.")

    def __init__(self, *, name: str, allowed: str, value: object) -> None:
        super().__init__(name=name, allowed=allowed, value=value)


class ServerOnlySettingError(WritingError):
    """A setting that no channel can have for itself."""

    template = N_("{name} holds for the whole server. Leave the place out and try again.")


class ChannelOnlySettingError(WritingError):
    """A setting that no server can have for all its channels."""

    template = N_("{name} holds for single channels. Choose the channel as the place and try again.")


class PresetNameError(WritingError):
    """A preset's name that no picker could show."""

    template = N_("A preset's name has letters and figures, at most 32, and spaces, dots or dashes between them.")


class PresetNameTakenError(WritingError):
    """A preset's name that is there everywhere."""

    template = N_("{name} is there already, in every server. Choose another name.")


class TooManyPresetsError(WritingError):
    """A server that has as many presets as one may have."""

    template = N_("A server has at most {limit} presets of its own. Remove one first.")


class UnknownPresetError(WritingError):
    """A preset that is not there."""

    template = N_("This server has no preset called “{name}”. /presets list shows those there are.")


class PresetThereError(WritingError):
    """A name that another preset of the server has."""

    template = N_("This server has {name} already. Choose it and press Edit…, or take another name.")


class PresetChangedError(WritingError):
    """A preset that is not any more what somebody is changing."""

    template = N_("Somebody else changed {name} meanwhile. Choose it again to see how it is now.")


class UnknownPresetValueError(WritingError):
    """A name that no value of a preset has."""

    template = N_("A preset has no value called “{name}”. It can have {known}.")


class PastedPresetError(WritingError):
    """Pasted JSON that is not one preset."""

    template = N_("What you pasted is not one whole preset. Copy everything that its file holds, and paste it again.")


class EmptyPromptError(WritingError):
    """There is nothing to write on from."""

    template = N_("Your prompt is empty. Type the beginning of a story, a sentence is enough.")


class PromptTooLargeError(WritingError):
    """A prompt beyond what is taken at all."""

    template = N_("Your prompt has {length} characters; at most {limit} are taken.")


class PromptRefusedError(WritingError):
    """The safety layer refuses a prompt."""

    template = N_(
        "This prompt was not used: by {rule} it falls under “{category}”, which is not allowed here. "
        "Reword it and try again."
    )


class AlreadyWritingError(WritingError):
    """A person has as many requests under way as one may have."""

    template = N_("Your last story is still being written. Wait for it, or press Stop beneath it.")


class QueueFullError(WritingError):
    """Nobody else may wait."""

    template = N_("{waiting} people are waiting already, so the queue is full. Try again in a minute or two.")


class RateLimitedError(WritingError):
    """A person's or a server's bucket is empty.

    Args:
        retry_at: When there is a text again, in seconds since the epoch.
    """

    template = N_("You have written a lot just now. You can go on <t:{retry_at}:R>.")


class ServerRateLimitedError(RateLimitedError):
    """The server's bucket is empty."""

    template = N_("This server has written a lot just now. It can go on <t:{retry_at}:R>.")


class BlockedError(WritingError):
    """Somebody was blocked, here or everywhere."""

    template = N_(
        "You cannot use this bot here: you were blocked. Ask an admin of this server, or whoever runs this bot."
    )


class ServerBlockedError(WritingError):
    """A server was blocked."""

    template = N_("No stories are written in this server: whoever runs this bot has blocked it.")


class NotBlockableError(WritingError):
    """Somebody who cannot be blocked."""

    template = N_("Neither yourself nor a bot can be blocked.")


class NotHereError(WritingError):
    """The bot is switched off in a channel."""

    template = N_("Stories are not written in this channel. Try another one, or ask an admin.")


class NotForYouError(WritingError):
    """Only some roles may write."""

    template = N_("Only some roles may have stories written here, and you have none of them. Ask an admin.")


class QuietError(WritingError):
    """It is quiet now."""

    template = N_("It is quiet time here. You can write again <t:{retry_at}:R>.")


class CooldownError(WritingError):
    """A person wrote a moment ago."""

    template = N_("Stories take turns here. Your next one can begin <t:{retry_at}:R>.")


class QuotaError(WritingError):
    """A person has had a day's share."""

    template = N_("You have had today's {limit} tokens. You can go on <t:{retry_at}:R>.")


class ServerQuotaError(WritingError):
    """A server has had a day's share."""

    template = N_("This server has had today's {limit} tokens. It can go on <t:{retry_at}:R>.")


class LockedSettingError(WritingError):
    """A value that an admin has locked."""

    template = N_("{name} is fixed in this server and cannot be chosen. Leave it out and try again.")


class StoryGoneError(WritingError):
    """A turn or story that the store does not have, or that was deleted."""

    template = N_("This story is not there any more. Begin a new one with /write.")


class NoStoryHereError(WritingError):
    """Nothing in this channel can be gone on with."""

    template = N_("You have no story in this channel yet. Begin one with /write.")


class NoPassageShownError(WritingError):
    """A message that shows no turn."""

    template = N_("This message shows no passage of a story. Choose one in which the bot wrote.")


class NothingWrittenHereError(WritingError):
    """A channel has no story that the person may see."""

    template = N_("Nothing has been written in this channel yet. Begin with /write.")


class AllHiddenError(WritingError):
    """The model would see nothing of a story."""

    template = N_("All of this story is hidden from the model. Give it a passage back under “More…”, then go on.")


class NothingToUndoError(WritingError):
    """A story is at its beginning."""

    template = N_("This is how the story begins; there is nothing before it to go back to.")


class NothingToRedoError(WritingError):
    """Nothing follows a turn."""

    template = N_("Nothing was undone here. Press Continue to let the model write on.")


class EmptyWordingError(WritingError):
    """Somebody rewords a turn with nothing."""

    template = N_("The new wording is empty, so the old one stays. To take a passage away, press Undo.")


class WordingRefusedError(WritingError):
    """The safety layer refuses a new wording."""

    template = N_("This wording was not kept: by {rule} it falls under “{category}”, which is not allowed here.")


class TooLongToEditError(WritingError):
    """A text does not fit Discord's form."""

    template = N_("This text has {length} characters, and Discord's form takes {limit}. Edit a shorter passage.")


class TooLateError(WritingError):
    """A deleted story cannot be brought back any more."""

    template = N_("This story was deleted more than ten minutes ago and cannot be brought back.")


class NotYoursError(WritingError):
    """Somebody presses what belongs to another."""

    template = N_("Only the person who asked for this story can do that. Begin your own with /write.")


class NothingWrittenError(WritingError):
    """The model wrote nothing that could be shown, however often it was asked."""

    template = N_(
        "Nothing readable came of this prompt, however often the model tried. Begin with a sentence of the story."
    )


class StoppedEmptyError(WritingError):
    """Somebody stopped a text before it had a word."""

    template = N_("Stopped before anything was written. Press Retry to let the model try again.")


class ShuttingDownError(WritingError):
    """The bot takes nothing new."""

    template = N_("The bot is being restarted. Try again in a minute.")
