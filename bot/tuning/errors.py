"""Why a model is not fine-tuned on what was given.

    TuningError
    ├── DocumentError              a file that cannot be used
    │   ├── NoSuchFileError        it is not there, or is no file
    │   ├── LinkError              it leads out of the folder
    │   ├── FileTooLargeError      it is beyond what is read
    │   ├── UnknownFormatError     its name ends as none that is read
    │   ├── UndecodableError       it is not text
    │   ├── BadLineError           a line of JSON, or a row, that is not as it has to be
    │   ├── NoSuchColumnError      a table without the column
    │   ├── DamagedBookError       an EPUB that cannot be opened
    │   ├── NoStoryFileError       JSON that is no story
    │   ├── ConsentMissingError    a story whose authors were not asked
    │   ├── ConsentUnknownError    a story of this bot in a form that does not tell
    │   └── EmptyDocumentError     not a word
    ├── TooMuchTextError           more than fits the memory
    ├── TooLittleTextError         too few tokens to learn from
    ├── NoTextError                none at all
    ├── BadWeightError             a weight that cannot be used
    ├── BadRecipeError             a knob out of its range
    ├── BadNameError               a name that no model can have
    ├── TakenNameError             a name that another model has
    │   └── OwnNameError           one that was fine-tuned here
    ├── NotToolsError              torch and its like are not installed
    ├── BaseError                  the model cannot be trained
    ├── MemoryTooSmallError        the run does not fit the memory
    ├── DiskError                  a file cannot be read or written on the way
    ├── BusyRunError               a run of that name is under way
    ├── StoppedRunError            one was stopped, and nobody said what is to become of it
    ├── DifferentRunError          what is to be resumed is another run
    ├── NothingToResumeError       there is no run of that name that was stopped
    └── NothingLearnedError        the model is as it was

Operators read them on the terminal, in English.
"""

from __future__ import annotations

from bot.errors import TaleloomError


class TuningError(TaleloomError):
    """A model cannot be fine-tuned on what was given."""

    template = "The model cannot be fine-tuned on this. Give it text files with stories."


class DocumentError(TuningError):
    """A file that cannot be used."""

    template = "{file} cannot be read: {reason}"


class NoSuchFileError(DocumentError):
    """Neither a file nor a folder."""

    template = "{file} is neither a file nor a folder. Check the path."


class LinkError(DocumentError):
    """A link within a folder, which may lead anywhere."""

    template = "{file} is a link, and links in a folder are not followed. Name the file itself if it is wanted."


class FileTooLargeError(DocumentError):
    """A file beyond what is read at once."""

    template = "{file} is larger than {limit} MB. Divide it, or take a part of it: a model learns from far less."


class UnknownFormatError(DocumentError):
    """A file of a kind that nothing here reads."""

    template = "{file} is of a kind that is not read. Known kinds: {known}."


class UndecodableError(DocumentError):
    """Bytes that are no text."""

    template = "{file} is not text in UTF-8: byte {byte} at position {position}. Save it as UTF-8 and try again."


class BadLineError(DocumentError):
    """A line, or a row, that is not as it has to be."""

    template = "{file}, line {line}: {reason}"


class NoSuchColumnError(DocumentError):
    """A table in which the texts are not found."""

    template = "{file} has no column {column}. Its columns: {known}."


class DamagedBookError(DocumentError):
    """An EPUB that cannot be opened."""

    template = "{file} is no EPUB that can be read: {reason}"


class NoStoryFileError(DocumentError):
    """JSON that /story export did not write."""

    template = "{file} is not a story from /story export: {reason}"


class ConsentMissingError(DocumentError):
    """A story of people who did not agree."""

    template = (
        "{file} is left out: {missing} of its {authors} authors did not agree that a model learns from their words. "
        "Who agrees says so by /privacy training in Discord; then export the story again."
    )


class ConsentUnknownError(DocumentError):
    """A story that the bot wrote into a form in which nobody's consent stands."""

    template = (
        "{file} is a story from /story export in a form that does not say whether its authors agreed. "
        "Export it as JSON."
    )


class EmptyDocumentError(DocumentError):
    """A file without a word of prose."""

    template = "{file} has no prose in it."


class TooMuchTextError(TuningError):
    """More text than is held in memory."""

    template = (
        "These files have more than {limit} million characters together. Leave some out: a model learns from far less."
    )


class TooLittleTextError(TuningError):
    """Too few tokens to learn from."""

    template = (
        "There are {tokens} tokens to learn from, and under {needed} a model only gets worse. "
        "Add text, or use --force to see for yourself."
    )


class NoTextError(TuningError):
    """Nothing to learn from."""

    template = "Nothing is left to learn from: give it texts with a story in them, and no --weight that leaves all out."


class BadWeightError(TuningError):
    """A weight that cannot be used."""

    template = "The weight {weight} cannot be used: {reason} FILE=2 has the file FILE seen twice, FILE=0.5 half."


class BadRecipeError(TuningError):
    """A knob out of its range."""

    template = "{name} can be {allowed}; {value} is not."


class BadNameError(TuningError):
    """A name that no model can have."""

    template = "A model's name has lower-case letters, figures, dots and hyphens, at most 40, and begins with a letter."


class TakenNameError(TuningError):
    """A name that another model has."""

    template = "There is a model {name} already. Choose another name."


class OwnNameError(TakenNameError):
    """A name that a model has that was fine-tuned here."""

    template = (
        "There is a model {name} already. Choose another name, or take it away first: "
        "python -m bot models remove {name}"
    )


class NotToolsError(TuningError):
    """What trains is not installed."""

    template = "Fine-tuning needs torch, transformers and peft, and {missing} is not installed: run `make setup`."


class BaseError(TuningError):
    """A model that cannot be trained."""

    template = "{model} cannot be fine-tuned: {reason}"


class MemoryTooSmallError(TuningError):
    """The run does not fit the memory."""

    template = (
        "This run needs {needed} MB of memory, and {free} MB are free. "
        "Try --at-once {less}, which gives the same result, or a shorter --length."
    )


class DiskError(TuningError):
    """The disk is full, or a folder read-only."""

    template = (
        "A file cannot be used: {reason}. Make room, or let the bot's user write there, and go on with --resume if the "
        "training had begun."
    )


class BusyRunError(TuningError):
    """Two runs would delete each other's checkpoints."""

    template = "A run {name} is under way already. Let it end, or choose another name."


class StoppedRunError(TuningError):
    """Hours of training would be deleted by a command that was typed again."""

    template = (
        "There is a run {name} that was stopped at step {step}. Go on with it by --resume, or delete it and begin anew "
        "by --anew."
    )


class DifferentRunError(TuningError):
    """What is to be resumed is another run."""

    template = "The run {name} that was stopped had other {what}. Give it the same, or begin anew by --anew."


class NothingToResumeError(TuningError):
    """No run was stopped."""

    template = "There is no run {name} that was stopped. Begin one without --resume."


class NothingLearnedError(TuningError):
    """The model is as it was."""

    template = "The model writes exactly as before, so nothing was kept: {reason}"
