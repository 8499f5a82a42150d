"""What can keep the demo from starting."""

from __future__ import annotations

from bot.errors import N_, TaleloomError


class DemoError(TaleloomError):
    """The demo cannot run."""

    template = N_("The demo cannot run. Start it with --reset to begin anew.")


class SimcordMissingError(DemoError):
    """The Discord in memory is not installed."""

    template = N_("The demo needs simcord {wanted}: run make demo, or pip install 'simcord[preview]=={wanted}'.")


class SimcordVersionError(DemoError):
    """Another version is installed than the one that `bot.demo.simcord_private` fits."""

    template = N_("The demo needs simcord {wanted} and finds {found}: pip install 'simcord[preview]=={wanted}'.")


class PortTakenError(DemoError):
    """Somebody listens on the port that was asked for."""

    template = N_("Port {port} is in use. Choose another with --port, or leave --port out.")


class PortUnusableError(DemoError):
    """The system does not give the port that was asked for."""

    template = N_("Port {port} cannot be used: {reason}. Choose another with --port, or leave --port out.")


class DemoRunningError(DemoError):
    """Two demos would write over each other's world."""

    template = N_("A demo is running already on {folder}. Stop it first, or set TALELOOM_DATA_DIR to another folder.")


class NoSuchChannelError(DemoError):
    """A channel that the demo's server does not have."""

    template = N_("There is no channel {channel}. Channels: {known}.")


class WorldUnreadableError(DemoError):
    """The saved world is damaged, or was made by another version."""

    template = N_("The demo's saved world {path} cannot be read ({reason}). Start with --reset to begin anew.")
