"""A change of a setting in one line: what it is called, what it was, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.errors import N_
from bot.safety.verdict import CATEGORY_NAMES, SEVERITIES, Action, Category
from bot.store.safety import LOG_KEY, POLICY_KEY, RuleKind
from bot.ui.verdicts import ACTION_NAMES, POLICY_TITLES, SEVERITY_NAMES
from bot.writing.policies import WARY

if TYPE_CHECKING:
    from bot.store import Json
    from bot.ui.texts import Translate
    from bot.writing.keys import SettingKey

KEY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        POLICY_KEY: N_("safety policy"),
        LOG_KEY: N_("safety log"),
        f"safety.{RuleKind.BLOCKED_WORD.replace(' ', '_')}": N_("blocked word"),
        f"safety.{RuleKind.ALLOWED_WORD.replace(' ', '_')}": N_("allowed word"),
        f"safety.{RuleKind.EXPRESSION}": N_("expression"),
    }
)
NOTHING = "–"
LONGEST = 120
"""Characters of a value."""
MOST_DIFFERENCES = 4


def change_line(name: str, before: Json, after: Json, key: SettingKey | None, speak: Translate) -> str:
    """Write a change.

    Args:
        name: The setting's name in the store.
        before: What it was; None is nothing.
        after: What it is.
        key: What people can set by that name, if it is among that.
        speak: The reader's language.
    """
    if name == POLICY_KEY and isinstance(before, dict) and isinstance(after, dict):
        was, now = (_differing(one, other, speak) for one, other in ((before, after), (after, before)))
    else:
        was, now = (_shown(name, value, key, speak) for value in (before, after))
    title = key.shown if key else speak.known(KEY_NAMES.get(name, name))
    return f"**{title}** {_short(was)} → {_short(now)}"


def _shown(name: str, value: Json, key: SettingKey | None, speak: Translate) -> str:
    if value is None:
        return NOTHING
    if key is not None:
        return speak.known(key.show(value))
    if name == POLICY_KEY:
        policy = str(value["policy"] if isinstance(value, dict) else value)
        return speak.known(POLICY_TITLES.get(policy, policy))
    if name == LOG_KEY and isinstance(value, dict):
        texts = speak(N_("with texts")) if value.get("texts") else speak(N_("without texts"))
        return f"<#{value.get('channel')}> ({texts})"
    return str(value)


def _differing(one: Mapping[str, Any], other: Mapping[str, Any], speak: Translate) -> str:
    """Say what of two policies of a server's own is otherwise in the first than in the second."""
    mine, its = _actions(one), _actions(other)
    differing = [(key, action) for key, action in mine.items() if its.get(key) != action]
    said = [
        f"{speak.known(_category(category))} ({speak.known(_severity(severity))}): {speak.known(_action(action))}"
        for (category, severity), action in differing[:MOST_DIFFERENCES]
    ]
    if len(differing) > MOST_DIFFERENCES:
        said.append("…")
    return "; ".join(said) or speak(POLICY_TITLES["custom"])


def _actions(policy: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Give what is done, by category and severity, as it is stored."""
    return {
        (category, severity): str(action)
        for category, actions in policy.items()
        if category != WARY and isinstance(actions, dict)
        for severity, action in actions.items()
    }


def _category(name: str) -> str:
    return CATEGORY_NAMES[Category(name)] if name in set(Category) else name


def _severity(name: str) -> str:
    return SEVERITY_NAMES[SEVERITIES[name]] if name in SEVERITIES else name


def _action(name: str) -> str:
    return ACTION_NAMES[Action(name)] if name in set(Action) else name


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
