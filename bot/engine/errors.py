"""What can go wrong between a prompt and its tokens."""

from __future__ import annotations

from bot.errors import N_, TaleloomError


class EngineError(TaleloomError):
    """The engine could not do what was asked."""

    template = N_("The model could not write this. Try again in a moment.")


class InvalidSamplingError(EngineError):
    """A sampling parameter lies outside its range."""

    template = N_("{name} must be between {low} and {high}; it was {value}.")


class UnsupportedSamplingError(EngineError):
    """A sampling parameter is one that the model's backend does not have."""

    template = N_("The model here cannot write with {name}. Leave it out, or take it out of the preset or setting.")


class UnknownModelError(EngineError):
    """A name that no registered model has."""

    template = N_("There is no model called {model}. Known models: {known}.")


class ModelUnavailableError(EngineError):
    """A model whose files are not here and cannot be brought here."""

    template = N_("The model {model} is not available: {reason} Ready to use now: {ready}.")


class ModelTooLargeError(EngineError):
    """A model that does not fit the free memory."""

    template = N_("{model} needs about {needed} MB of memory and {free} MB are free. {advice}")


class PromptTooLongError(EngineError):
    """A prompt that leaves no room for the answer; whoever builds prompts must cut it first."""

    template = N_("The text is {tokens} tokens long and the model has room for {room}.")


class NothingToReadError(EngineError):
    """A prompt of which the model's tokenizer leaves nothing."""

    template = N_("This model can read nothing of this text. Write something else.")


class BrokenNumbersError(EngineError):
    """A model's numbers overflowed."""

    template = N_(
        "The model came to numbers beyond its range over this text. Change the text a little; if it stays so, whoever "
        "runs this bot can set TALELOOM_ENGINE__DTYPE to bfloat16 or float32."
    )


class EngineBusyError(EngineError):
    """The engine's queue is full."""

    template = N_("The model has its hands full. Try again in a minute.")


class EngineMemoryError(EngineError):
    """The engine process is near the limit of its memory."""

    template = N_("The model has little memory left. Try again when fewer texts are written.")


class OutOfMemoryError(EngineError):
    """The device's memory did not hold one text more."""

    template = N_("The model ran out of memory over this one ({detail}). Try again when fewer texts are written.")


class EngineDiedError(EngineError):
    """The engine process ended while it worked on this request."""

    template = N_("The model stopped in the middle of this and is being started again. What was written is kept.")


class PoisonousRequestError(EngineError):
    """The engine process ended twice over this request, and nothing else was there both times."""

    template = N_("The model stopped over this twice, so it rests for ten minutes. Change the text a little.")


class EngineClosedError(EngineError):
    """The engine was shut down."""

    template = N_("The bot is shutting down. Try again in a few minutes.")


class EngineUnreachableError(EngineError):
    """The engine process does not start, and has been given up."""

    template = N_("The model could not be started: {reason}")
