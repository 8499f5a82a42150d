"""What can be wrong with a rule that a server wants to have of its own."""

from __future__ import annotations

from bot.errors import N_, TaleloomError


class OwnRuleError(TaleloomError):
    """A rule that a server cannot have."""

    template = N_("This rule cannot be used. Write it another way.")


class EmptyWordError(OwnRuleError):
    """A word of which nothing is left to look for."""

    template = N_("A word needs at least one letter or figure.")


class RuleTooLongError(OwnRuleError):
    """A word or an expression that is longer than is taken."""

    template = N_("This has {length} characters; at most {limit} are taken.")


class TooManyRulesError(OwnRuleError):
    """A server that has as many rules of a kind as one may have."""

    template = N_("A server has at most {limit} of these. Remove one first.")


class UnreadableExpressionError(OwnRuleError):
    """An expression that breaks the rules of RE2, or needs more memory than one may."""

    template = N_(
        "This expression cannot be used: {reason}. Expressions are those of RE2, which has no look-around and no "
        "references."
    )


class AnchoredExpressionError(OwnRuleError):
    """An expression that asks where a text or a line begins or ends, of which a stream knows nothing."""

    template = N_("An expression is found anywhere in a text: leave {sign} out, or write \\b for the edge of a word.")


class EndlessExpressionError(OwnRuleError):
    """An expression that finds something in every text."""

    template = N_("This expression would be found in every text: it matches “{sample}”. Make it narrower.")


class NothingExpressionError(OwnRuleError):
    """An expression that matches nothing at all, and so everywhere."""

    template = N_("This expression matches where there is nothing. Let it ask for at least one character.")
