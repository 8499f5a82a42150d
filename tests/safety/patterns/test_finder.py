"""Links, personal data, keys and floods are found where they are, whole, and prose is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.layer import Safety
from bot.safety.patterns.finder import PATTERN_NAMES, PatternFinder
from bot.safety.patterns.spans import LONGEST
from bot.safety.policy import STANDARD
from bot.safety.verdict import MASK, Action, Category, Severity
from tests.safety.test_layer import CUTS, FICTION, chunks, run, stream

FINDER = PatternFinder(allowed_domains=["gutenberg.org"])
SAFETY = Safety([FINDER])
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"


def found(text: str, finder: PatternFinder = FINDER) -> set[tuple[str, str]]:
    return {(hit.rule.name, text[hit.start : hit.end]) for hit in finder.find(text)}


@pytest.mark.parametrize(
    ("text", "name", "piece"),
    [
        ("Join discord.gg/fox-den now.", "invite", "discord.gg/fox-den"),
        ("Join https://discord.gg/fox!", "invite", "https://discord.gg/fox"),
        ("discordapp.com/invite/fox", "invite", "discordapp.com/invite/fox"),
        ("on discord . gg/fox", "invite", "discord . gg/fox"),
        ("on Discord dot GG", "invite", "Discord dot GG"),
        ("on discord(dot)gg", "invite", "discord(dot)gg"),
        ("ｄｉｓｃｏｒｄ．ｇｇ/fox", "invite", "ｄｉｓｃｏｒｄ．ｇｇ/fox"),
        ("dsc.gg/fox", "invite", "dsc.gg/fox"),
        ("来discord.gg/fox吧", "invite", "discord.gg/fox"),
        ("See https://evil.example/a?b=c#d.", "link", "https://evil.example/a?b=c#d"),
        ("See (http://evil.example).", "link", "http://evil.example"),
        ("见https://例子.公司，然后", "link", "https://例子.公司"),
        ("Go to www.evil.example/now, fox", "link", "www.evil.example/now"),
        ("Go to evil.com.", "link", "evil.com"),
        ("Go to evil.com/x?y, fox", "link", "evil.com/x?y"),
        ("Go to youtu.be/x.", "link", "youtu.be/x"),
        ("[free gold](https://evil.example/x) here", "masked-link", "[free gold](https://evil.example/x)"),
        (r"https://evil.example\@gutenberg.org", "link", r"https://evil.example\@gutenberg.org"),
        ("https://gutenberg.org@evil.example", "link", "https://gutenberg.org@evil.example"),
        ("https://notgutenberg.org/", "link", "https://notgutenberg.org/"),
        ("Hi @everyone!", "mass-mention", "@everyone"),
        ("Hi @here", "mass-mention", "@here"),
        ("<@&123456789012345678>", "role-mention", "<@&123456789012345678>"),
        ("<@!123456789012345678>", "mention", "<@!123456789012345678>"),
        ("Write to fox.den+tale@ex-ample.co.uk, please.", "email", "fox.den+tale@ex-ample.co.uk"),
        ("写信到fox@example.org。", "email", "fox@example.org"),
        ("fox at example dot com", "email", "fox at example dot com"),
        ("fox (at) example (dot) com", "email", "fox (at) example (dot) com"),
        ("fox[at]mail[dot]example[dot]org", "email", "fox[at]mail[dot]example[dot]org"),
        ("Call +49 30 901820 now", "phone", "+49 30 901820"),
        ("Call (212) 555-0123 now", "phone", "(212) 555-0123"),
        ("Call 212-736-5000.", "phone", "212-736-5000"),
        ("(0171 1234567)", "phone", "0171 1234567"),
        ("打13812345678吧", "phone", "13812345678"),
        *((f"Call 212{dash}736{dash}5000.", "phone", f"212{dash}736{dash}5000") for dash in "‐‑–—−－"),
        ("（２１２）\u3000７３６－５０００", "phone", "（２１２）\u3000７３６－５０００"),
        ("打＋８６ １３８ １２３４ ５６７８", "phone", "＋８６ １３８ １２３４ ５６７８"),
        ("4111–1111–1111–1111", "card", "4111–1111–1111–1111"),
        ("4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("5500-0000-0000-0004", "card", "5500-0000-0000-0004"),
        ("my 378282246310005.", "card", "378282246310005"),
        ("To DE89 3704 0044 0532 0130 00 now", "iban", "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432", "iban", "GB82WEST12345698765432"),
        (f"token={TOKEN}", "discord-token", TOKEN),
        ("AKIAIOSFODNN7EXAMPLE", "aws-key", "AKIAIOSFODNN7EXAMPLE"),
        ("ghp_" + "a1" * 18, "github-token", "ghp_" + "a1" * 18),
        ("sk-proj-abcdefgh1jklmnopqrstuv", "api-key", "sk-proj-abcdefgh1jklmnopqrstuv"),
        ("-----BEGIN RSA PRIVATE KEY-----", "private-key", "-----BEGIN RSA PRIVATE KEY-----"),
    ],
)
def test_what_has_a_form_is_found_whole_and_nothing_else_with_it(text: str, name: str, piece: str) -> None:
    assert found(text) >= {(name, piece)}


def test_a_webhooks_address_is_a_key() -> None:
    address = "https://discord.com/api/webhooks/123456789012345678/" + "aB3-" * 17
    assert ("webhook", address.removeprefix("https://")) in found(address)
    assert max(hit.severity for hit in FINDER.find(address)) is Severity.SEVERE


@pytest.mark.parametrize(
    "text",
    [
        *FICTION,
        "He said, e.g. on p. 3.5 that Mr.Smith and St.John left.Next day, in 1887, 221B Baker Street was empty.",
        "They had 3,500,000 of them, or 1.234.567; see 2026-11-25, 25.11.2026 and 10/11/1918 at 12:30:45.",
        "She was home.It was late.So he went to.Me he told nothing.",
        "ISBN 978-0-306-40615-7 and 0-306-40615-2, in 1800-1850, no. 1234567890.",
        "Risk-taking and desk-bound, sk-eletons danced. The mask-wearing man at the door put a dot on the map.",
        "There was discord. Good men knew it; the discord, dotted with laughter, grew.",
        "Look [over there] (or here), a@b, @everybodyelse, and 5 < 6 @ noon.",
        "“Ha ha ha ha ha ha!” Noooooooooooooo… ---------- ********** 😀😀😀",
        "Tiếng Việt được viết bằng chữ cái; ô\u0302\u0301 ngoài ra.",
        "See gutenberg.org/ebooks/11, https://www.gutenberg.org/ and [the book](https://gutenberg.org/1).",
        "THE KING OF FRANCE SAID: GO 10 MILES EAST. AB12 CDEF 3456 7890",
        "Wait...gg, he said, on 06022018; the number is 5716592698001.",
        "One line.\n\nAnother.\n\n\nA third.",
        "4111 1111 1111 1112 is no card, nor is 1234567812345678.",
        "In 1914—1918 and 1939–1945 (pp. 100–200), twenty‑one of 3–5 000 000 − 1 000 000 fell.",
    ],
)
def test_prose_has_none(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a" * 50, "repeated-character"),
        ("x" + "哈" * 3000 + "y", "repeated-character"),
        ("-" * 80, "repeated-character"),
        ("Fox" + "\n" * 12, "blank-wall"),
        ("Fox\n" + " \n" * 40 + "den", "blank-wall"),
        ("\u2800" * 60, "blank-wall"),
        (" " * 60, "blank-wall"),
        ("Z\u0300\u0301\u0302\u0303\u0304l\u0300\u0301\u0302\u0303go", "zalgo"),
        ("😀" * 20, "emoji-wall"),
        ("😀 ❤️ " * 12, "emoji-wall"),
        ("👩‍👩‍👧" * 30, "emoji-wall"),
    ],
)
def test_floods_are_found_to_their_last_character(text: str, name: str) -> None:
    hits = FINDER.find(text)
    assert {hit.rule.name for hit in hits} == {name}
    covered = {offset for hit in hits for offset in range(hit.start, hit.end)}
    assert len(covered) == max(covered) - min(covered) + 1
    assert len(text) - len(covered) <= 8


def test_half_of_a_surrogate_pair_is_read_over() -> None:
    assert found("\ud83d evil.com \udc00") == {("link", "evil.com")}


def test_an_invite_passes_where_its_domain_is_allowed() -> None:
    assert found("discord.gg/fox https://discord.gg/fox", PatternFinder(["discord.gg"])) == set()
    assert found("https://books.gutenberg.org/ x.com") == {("link", "x.com")}


def test_every_pattern_has_words_for_moderators_and_there_are_no_words_without_a_pattern() -> None:
    text = " ".join(
        [
            "discord.gg/x https://a.b [a](https://b.c) @here <@&12345> <@12345> a@b.cd 212-736-5000 | 4111111111111111",
            "GB82WEST12345698765432 https://discord.com/api/webhooks/123456789012345678/" + "aB3-" * 17,
            TOKEN,
            "AKIAIOSFODNN7EXAMPLE ghp_" + "a1" * 18,
            "sk-proj-abcdefgh1jklmnopqrstuv -----BEGIN PRIVATE KEY-----",
            "a" * 50 + "\u0301" * 9 + "😀" * 30 + "\n" * 20,
        ]
    )
    assert {name for name, _ in found(text)} == set(PATTERN_NAMES)


@pytest.mark.parametrize(
    ("text", "category", "severity"),
    [
        ("@everyone", Category.SPAM, Severity.MILD),
        ("discord.gg/x", Category.SPAM, Severity.STRONG),
        ("a@example.com", Category.PERSONAL_DATA, Severity.STRONG),
        (TOKEN, Category.PERSONAL_DATA, Severity.SEVERE),
    ],
)
def test_how_bad_each_is(text: str, category: Category, severity: Severity) -> None:
    assert {(hit.category, hit.severity) for hit in FINDER.find(text)} == {(category, severity)}


async def test_the_standard_policy_masks_links_blocks_keys_and_lets_mentions_pass() -> None:
    masked = await SAFETY.read("Go to evil.com now, @everyone.", STANDARD)
    assert (masked.action, masked.text) == (Action.MASK, f"Go to {MASK * 8} now, @everyone.")
    assert (await SAFETY.read(f"Here: {TOKEN}", STANDARD)).action is Action.BLOCK


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "https://", "evil.com", "/", "a", ".", " ", "\n", "[x](", ")", "discord", " dot ", "gg", "@", "fox",
                " at ", "com", "+49 30 901820", "4111 1111 ", "1111 1111", "12", "-", "(212) ", "555-0123",
                "DE89 3704 0044 ",
                "0532 0130 00", "😀", "😀" * 9, "❤️ ", "\u0301", "\u0301" * 3, "\n" * 5, " \n", "a" * 30, "哈" * 26,
                "。", "，",
                "<@&", "123456", ">", "@here", "www.", "youtu.be/", "sk-", "x1" * 12, "-----BEGIN ", "PRIVATE KEY-----",
                "The fox went home. ", "你好。", " invite", "(dot)", "[at]", "．", "ｇ", "#", "!", "?u=",
            ]
        ),
        st.text("abc.:/@ 012-\n", max_size=6),
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(PIECES, CUTS)
@settings(max_examples=300, deadline=None)
def test_pieces_come_to_the_same_as_the_whole(text: str, cuts: list[int]) -> None:
    policy = STANDARD.with_actions(
        {(kind, severity): Action.MASK for kind in (Category.SPAM, Category.PERSONAL_DATA) for severity in Severity}
    )
    whole = run(SAFETY.read(text, policy))
    shown, _, categories = run(stream(SAFETY, chunks(text, cuts), policy))
    assert shown == whole.text
    assert categories == set(whole.categories)


@given(PIECES, PIECES)
@settings(max_examples=500, deadline=None)
def test_what_is_settled_stays_whatever_follows(text: str, more: str) -> None:
    cut = FINDER.settled(text)
    assert len(text) - LONGEST <= cut <= len(text)
    before = {(hit.start, hit.end, hit.rule) for hit in FINDER.find(text) if hit.start < cut}
    after = {(hit.start, hit.end, hit.rule) for hit in FINDER.find(text + more) if hit.start < cut}
    assert before == after


@given(PIECES, PIECES)
@settings(max_examples=300, deadline=None)
def test_what_is_found_depends_on_no_more_than_64_characters_before(before: str, text: str) -> None:
    whole, shift = before + text, max(0, len(before) - 64)
    cut = len(before)
    full = [hit for hit in FINDER.find(whole) if not hit.start < cut < hit.end]
    if len(full) < len(FINDER.find(whole)):
        return  # nobody cuts within a find
    seen = {(hit.start + shift, hit.end + shift, hit.rule) for hit in FINDER.find(whole[shift:])}
    covered = {(offset, rule) for start, end, rule in seen if start >= cut for offset in range(start, end)}
    assert covered == {(offset, hit.rule) for hit in full if hit.start >= cut for offset in range(hit.start, hit.end)}


@pytest.mark.parametrize("text", FICTION)
def test_a_sentence_of_prose_is_settled_when_the_next_word_comes(text: str) -> None:
    assert FINDER.settled(f"{text} Then the") >= len(text)


@pytest.mark.parametrize(
    "piece",
    ["http://", "a", "1 ", "1-", "a.", "@", "a@", "[", "[a](", "x at y dot ", "discord ", "AB12 ", "a\u0301",
     "-----BEGIN "],
)  # fmt: skip
def test_no_text_is_held_back_for_ever_and_none_takes_longer_than_its_length(piece: str) -> None:
    text = piece * 3000
    assert FINDER.settled(text) >= len(text) - LONGEST
    assert all(hit.end - hit.start <= LONGEST for hit in FINDER.find(text))
