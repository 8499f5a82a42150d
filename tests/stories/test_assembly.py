"""What is put before the model beside a story, to the token."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lore import NO_LORE, Entry, Lore
from bot.stories.context import (
    MEMORY_PERCENT,
    NOTE_PERCENT,
    SCANNED,
    STEPS,
    WORLD_PERCENT,
    Context,
    LeftOut,
    Parts,
    Shares,
    assemble,
    counted,
    fit,
    pieces,
)
from bot.stories.voices import put_before
from tests.stories.test_world import entry

STORY = "The fox ran. The owl slept. The hen woke. The cock crew. The sun rose."
FOX, OWL = entry(1, "fox", text="The fox is red."), entry(2, "owl", text="The owl is wise.")
LORE = Lore(memory="It is 1300.", note="It will rain.", depth=2, entries=(FOX, OWL))


def build(story: str, lore: Lore, room: int, *, lead: str = "", chinese: bool = False) -> Context:
    """Let a character be a token."""
    parts = Parts(story=story, lead=lead, lore=lore, chinese=chinese)
    known = {text: len(text) for text in counted(parts)}
    return assemble(parts, known.__getitem__, room)


def test_memory_and_world_stand_in_front_and_the_note_on_its_own_line_before_the_end() -> None:
    context = build(STORY, LORE, 1000)
    assert context.text == (
        "It is 1300.\n\nThe fox is red.\n\nThe owl is wise.\n\n"
        "The fox ran. The owl slept. The hen woke.\n[Author's note: It will rain.]\nThe cock crew. The sun rose."
    )
    assert context.shares == Shares(memory=11 + 2, world=15 + 2 + 16 + 2, note=30 + 2, story=len(STORY))
    assert context.left_out == LeftOut()
    assert context.entries == (FOX, OWL)


def test_each_part_is_exactly_as_long_as_it_says() -> None:
    context = build(STORY, LORE, 1000)
    shares = context.shares
    # A space of the story makes way for each line end of the note that stands between sentences.
    assert len(context.text) == shares.memory + shares.world + shares.note + shares.story - 1


def test_a_lead_stands_between_what_the_model_is_told_and_the_story() -> None:
    context = build("The sun rose.", replace(LORE, note=""), 1000, lead="Night\n\nIt was dark.")
    assert context.text == "It is 1300.\n\nNight\n\nIt was dark. The sun rose."
    assert context.shares.story == len("Night\n\nIt was dark. The sun rose.")


def test_before_a_story_of_few_sentences_the_note_stands_in_front_of_it() -> None:
    lore = replace(LORE, depth=3, entries=())
    assert build("The sun rose. Fine!", lore, 1000, lead="Night.").text == (
        "It is 1300.\n\n[Author's note: It will rain.]\nNight. The sun rose. Fine!"
    )
    assert build("", lore, 1000).text == "It is 1300.\n\n[Author's note: It will rain.]\n"


def test_blank_lines_are_no_sentences_that_the_note_is_counted_by() -> None:
    text = build("One. Two.\n\nThree.\n\n", Lore(note="Rain.", depth=1), 1000).text
    assert text == "One. Two.\n[Author's note: Rain.]\nThree.\n\n"


def test_a_chinese_story_has_a_chinese_note_and_no_spaces() -> None:
    lore = Lore(memory="那是一三〇〇年。", note="要下雨了。", depth=1, entries=(entry(1, "狐狸", text="狐狸是红的。"),))
    context = build("狐狸跑了。太阳升起。", lore, 1000, chinese=True)
    assert context.text == "那是一三〇〇年。\n\n狐狸是红的。\n\n狐狸跑了。\n[作者注：要下雨了。]\n太阳升起。"


def test_a_memory_beyond_its_share_is_cut_at_a_sentence() -> None:
    sentence = "It is long ago."
    context = build("The end.", Lore(memory=f"{sentence} {sentence} {sentence}"), 4 * (15 + 16 + 2) + 1)
    assert context.text == f"{sentence} {sentence}\n\nThe end."
    assert context.shares.memory == 15 + 16 + 2
    assert context.left_out == LeftOut(memory=16)


def test_one_token_less_and_a_sentence_of_the_memory_less_is_seen() -> None:
    sentence = "It is long ago."
    context = build("The end.", Lore(memory=f"{sentence} {sentence}"), 4 * (15 + 16 + 2))
    assert context.text == f"{sentence}\n\nThe end."
    assert context.left_out.memory == 16


def test_of_a_memory_without_an_end_the_beginning_is_seen() -> None:
    context = build("The end.", Lore(memory="x" * 900), 401)
    assert context.text.startswith("x" * 49 + "\n\n")
    assert context.left_out.memory == 851
    assert context.shares.memory == 100


def test_a_note_beyond_its_share_is_cut_at_a_sentence() -> None:
    note = "Rain comes. Snow comes."
    framed = len("[Author's note: ]") + 2
    context = build("One. Two.", Lore(note=note, depth=1), 10 * (framed + 11) + 1)
    assert context.text == "One.\n[Author's note: Rain comes.]\nTwo."
    assert context.shares.note == framed + 11
    assert context.left_out == LeftOut(note=12)


def test_what_was_spoken_of_last_has_the_worlds_room_first() -> None:
    room = 5 * (16 + 2) + 1
    context = build("A fox. An owl.", Lore(entries=(FOX, OWL)), room)
    assert (context.entries, context.left_out.world) == ((OWL,), (FOX,))
    context = build("An owl. A fox.", Lore(entries=(FOX, OWL)), room)
    assert (context.entries, context.left_out.world) == ((FOX,), (OWL,))
    assert context.text == "The fox is red.\n\nAn owl. A fox."


def test_a_long_entry_is_cut_at_a_sentence_and_named_among_what_was_left_out() -> None:
    long = entry(1, "fox", text="The fox is red. " + "It eats hens. " * 9)
    context = build("A fox.", Lore(entries=(long,)), 5 * (15 + 14 + 2) + 1)
    assert context.text == "The fox is red. It eats hens.\n\nA fox."
    assert (context.entries, context.left_out.world) == ((long,), (long,))


def test_an_entry_of_which_nothing_was_said_lately_takes_no_room() -> None:
    story = "A fox." + " It went on." * SCANNED
    assert build(story, Lore(entries=(FOX,)), 1000).text == story
    assert build(story[: -len(" It went on.")], Lore(entries=(FOX,)), 1000).text.startswith("The fox is red.\n\n")


def test_an_entry_is_not_brought_in_by_what_the_model_does_not_see() -> None:
    story = "A fox. " + "The sea was wide and grey. " * 8
    context = build(story, Lore(entries=(FOX,)), 120)
    assert context.left_out.story > 0
    assert context.entries == ()


def test_what_the_others_do_not_use_is_the_storys() -> None:
    story = "".join(f"Sentence {number} is here. " for number in range(100))
    alone, beside = build(story, NO_LORE, 400), build(story, Lore(memory="Yes."), 400)
    assert beside.shares.memory == 6
    assert alone.shares.story - beside.shares.story < 400 // STEPS + 24


def reference(parts: Parts, room: int) -> tuple[str, int]:
    """What a model was given before anything stood beside a story."""
    room = max(1, room - len(parts.lead.encode()) - 1)
    if len(parts.story.encode()) <= room:
        return put_before(parts.lead, parts.story, chinese=parts.chinese), 0
    sentences = pieces(parts.story)
    window = fit(sentences, [len(sentence) for sentence in sentences], room)
    return put_before(parts.lead, window.text, chinese=parts.chinese), window.left_out


WORDS = st.text(st.sampled_from("ab. !?。“” \n他"), max_size=60).flatmap(
    lambda text: st.integers(1, 12).map(lambda times: text * times)
)


@given(WORDS, st.sampled_from(["", "Night.", "Night\n\nIt was dark."]), st.booleans(), st.integers(1, 500))
def test_without_lore_the_model_gets_byte_for_byte_what_it_would_get_without_this(
    story: str, lead: str, chinese: bool, room: int
) -> None:
    context = build(story, NO_LORE, room, lead=lead, chinese=chinese)
    assert (context.text, context.left_out.story) == reference(Parts(story=story, lead=lead, chinese=chinese), room)


SENTENCES = st.lists(
    st.sampled_from(
        ["The fox ran. ", "An owl! ", "It was a very long night by the grey sea. ", "狐狸跑了。", "So?\n\n"]
    ),
    max_size=40,
).map("".join)


@st.composite
def lores(draw: st.DrawFn) -> Lore:
    keys = st.sampled_from(["fox", "owl", "狐狸", "sea", "dragon"])
    texts = SENTENCES.filter(str.strip)
    entries: list[Entry] = [
        entry(number, draw(keys), text=draw(texts), enabled=draw(st.booleans()))
        for number in range(draw(st.integers(0, 4)))
    ]
    memory, note = draw(st.one_of(SENTENCES, st.text("x 他", max_size=500))), draw(SENTENCES)
    return Lore(memory=memory, note=note, depth=draw(st.integers(1, 10)), entries=tuple(entries))


@given(SENTENCES, lores(), st.sampled_from(["", "Night. "]), st.integers(50, 900))
def test_whatever_there_is_it_fits_with_some_of_the_memory_and_the_storys_end(
    story: str, lore: Lore, lead: str, room: int
) -> None:
    context = build(story, lore, room, lead=lead)
    assert context == build(story, lore, room, lead=lead)
    assert len(context.text) <= room
    shares, beside = context.shares, max(1, room - len(lead) - 1)
    assert shares.memory <= beside * MEMORY_PERCENT // 100
    assert shares.world <= beside * WORLD_PERCENT // 100
    assert shares.note <= beside * NOTE_PERCENT // 100
    assert sum((shares.memory, shares.world, shares.note, shares.story)) <= room
    memory = lore.memory.strip()
    assert context.text.startswith(memory[: len(memory) - context.left_out.memory])
    assert not memory or context.left_out.memory < len(memory)
    assert context.text.endswith(story[-3:].lstrip())


@given(lores())
def test_while_a_story_grows_the_beginning_of_what_is_seen_moves_in_steps(lore: Lore) -> None:
    lore, room, story, beginnings = replace(lore, entries=(), depth=2), 600, "", []
    for number in range(150):
        story += f"Sentence {number} is here, and so on. "
        beginnings.append(build(story, lore, room).text[:200])
    settled = beginnings[30:]
    changes = sum(one != other for one, other in itertools.pairwise(settled))
    # The story has 55 of 100 tokens at the least, and moves by a quarter of that.
    assert changes <= 120 * 38 // (room * 55 // 100 // STEPS) + 1


@pytest.mark.parametrize("room", [1, 2, 7, 20])
def test_where_there_is_hardly_any_room_the_storys_end_is_left(room: int) -> None:
    context = build(STORY, LORE, room)
    assert len(context.text) <= room
    seen = context.text.rpartition("\n")[2]
    assert seen.strip()
    assert STORY.endswith(seen)
