"""Try every genre and tone of `config/voices.toml` with a real model, and say how strongly each steers it.

    python tools/try_voices.py [VOICE …] [--model M] [--seeds N] [--first-seed N] [--chinese] [--show]

For each voice the model goes on from neutral first sentences, with the voice's lead before them and without, each time
with the same seeds, by the way that `/write` goes (engine process, safety, judging, mending). Two things are measured:

* Words of the field, per 100 words of a story, with and without. The fields are the lists below, written by hand; words
  that stand in the lead itself do not count, so that a model which only echoes it gains nothing.
* Told apart: in how many of 100 stories a naive Bayes classifier over the set of words names the right one of all
  voices of the kind, “no voice” included. It has learned from the stories of all the *other* first sentences, and the
  lead's words are taken out of what it judges. It needs no list, so it also serves a voice that is new here, and sees
  what no list of words can, such as who is telling; but it cannot say that a mystery is mysterious. Therefore both.

`mended` counts stories in which something was taken back, which should not rise beside stories without a voice.
A voice is worth keeping when its ratio is 2 or more and it is told apart three times as often as by chance; and when
its stories, which `--show` prints, read like it. With `--chinese` there are no lists, only the second measure.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.cli.common import errors_in_one_line, prepare  # noqa: E402
from bot.cli.logs import configure_logs  # noqa: E402
from bot.engine.models.library import ModelLibrary  # noqa: E402
from bot.engine.sampling import SamplingParams  # noqa: E402
from bot.ids import RequestId  # noqa: E402
from bot.parts import Parts, open_parts  # noqa: E402
from bot.stories.voices import Voices, lead, request_beside  # noqa: E402
from bot.writing.door import Passage  # noqa: E402
from bot.writing.judging import words  # noqa: E402
from bot.writing.session import Assignment, Session  # noqa: E402
from config.settings import Settings, load_settings  # noqa: E402

PLAIN = "no voice"
AT_ONCE = 16
OPENINGS = (
    "She opened the door.",
    "He looked out of the window.",
    "They had been walking since morning.",
    "The letter lay on the table.",
    "A stranger stood at the gate.",
    "Nobody spoke for a long time.",
)
OPENINGS_ZH = (
    "她打开了门。",
    "他望着窗外。",
    "他们从早上一直走到现在。",
    "信放在桌上。",
    "门口站着一个陌生人。",
    "很久没有人说话。",
)
FIELDS: Mapping[str, str] = {
    "mystery": "murder victim crime suspect detective clue evidence police killer killed body dead witness alibi "
    "secret guilty innocent trial judge court criminal weapon confess truth motive inspector case question solve "
    "thief stolen fingerprint investigate blood",
    "horror": "blood scream darkness dark fear terror terrified horror monster shadow scratch claw teeth dead corpse "
    "grave nightmare evil shiver cold whisper creak howl creature bone scared afraid breath rotten flesh demon haunt",
    "fantasy": "dragon wizard magic spell sword kingdom king queen elf dwarf prophecy quest castle knight witch mage "
    "enchanted ancient realm warrior sorcerer curse throne rune potion legend creature beast magical mythical",
    "science-fiction": "ship starship planet alien space star galaxy robot computer orbit crew mission earth mars "
    "signal universe captain scientist laser android colony solar engine spacecraft spaceship machine technology "
    "transmission moon astronaut",
    "romance": "love lover kiss heart lip embrace hand tender passion beautiful smile eye together marry wedding "
    "feel sweet touch warm gaze beloved forever hug romance dance arm cheek",
    "adventure": "treasure map jungle temple ruin expedition explorer cave river journey gold ancient lost cliff "
    "trail guide rope danger compass discover mountain climb trap torch raft idol snake tribe path statue explore",
    "western": "sheriff gun horse saloon outlaw desert cowboy ranch cattle town dust bandit saddle bullet shot "
    "pistol rifle whiskey bank gang deputy rider hat marshal boot spur holster wagon gold draw duel",
    "fairy-tale": "prince princess king queen castle witch fairy magic spell enchanted forest wish kingdom palace "
    "golden crown dragon frog wolf stepmother throne royal giant dwarf gown ball magical curse",
    "pirate": "ship captain sea sail crew pirate treasure gold sword deck storm ocean island mast anchor cannon rum "
    "flag wave sailor harbor boat parrot plank loot cutlass port vessel hull plunder",
    "noir": "detective whiskey rain gun cigarette smoke bar office dame client case murder cop police street city "
    "night lie money dead bottle drink desk neon gangster boss bourbon hat alley dark trouble shadow",
    "war": "soldier gun enemy war battle trench bullet attack rifle army wounded dead shell lieutenant captain fire "
    "front troop smoke explosion shot die fight sergeant uniform bomb officer battlefield helmet general grenade",
    "historical": "king queen emperor court palace throne royal noble lord lady duke carriage sword castle servant "
    "treason crown empire century horse knight guard church prince princess soldier rebellion reign kingdom rome",
    "ghost-story": "ghost spirit dead haunted candle midnight darkness shadow grave pale cold whisper graveyard dark "
    "soul scream apparition specter moan empty footstep creak fear tomb phantom death curse ghostly buried",
    "fable": "fox crow hare wolf lion animal bird rabbit bear owl mouse clever wise forest proud tortoise feather "
    "tail foolish lesson cheese deer frog trick smart ant crane donkey",
    "myth": "god goddess mortal heaven earth sea sun moon hero immortal divine thunder creation sky king temple "
    "sacrifice spirit ancient eternal underworld sacred creator lightning prayer olympus serpent human mankind",
    "spy": "agent spy secret mission code pistol gun embassy enemy document file russian intelligence cia kgb "
    "message cover gadget betray traitor surveillance contact weapon phone operation disguise assassin target "
    "information",
    "cheerful": "laugh laughter smile happy happiness joy joyful sing song dance sun sunshine bright celebrate fun "
    "delight merry cheer cheerful play glad wonderful beautiful party music grin warm giggle",
    "gloomy": "dark darkness cold rain grey gray dead death alone lonely empty cry tear sad sorrow grave despair "
    "hopeless gone lost bleak black shadow weep mourn never nothing die pain silence grief",
    "tense": "run ran suddenly fear heart scream door gun footstep hide breath quick fast move danger knife knock "
    "shot blood time second panic escape stop grab freeze sweat behind hurry chase wait afraid trap",
    "dreamy": "dream dreamy soft softly gentle gently light glow moon moonlight star float silver mist whisper music "
    "melody sing song sleep drift cloud haze shimmer magic sky breeze lull veil",
    "funny": "laugh funny silly ridiculous pants trousers goose chicken duck soup joke giggle hat nose pie cheese "
    "banana pig oops absurd cow cat dog underwear sock hilarious wig pudding sausage laughter grin",
    "tender": "love warm warmth gentle gently soft softly tender embrace heart hug kiss hand smile sweet dear touch "
    "care comfort hold cheek beloved together kind caress loving quiet affection",
    "grand": "glory glorious great mighty hero king sword honor battle legend brave courage victory song praise "
    "noble warrior throne eternal army crown god proud triumph sing thunder banner realm lord",
    "childlike": "play dog puppy ball toy mommy mom daddy dad fun happy jump cat bunny bear ice cream cookie little "
    "friend run woof yay hug tree swing laugh kid school sun yellow",
    "chatty": "i i'm i'd i've i'll you you're you'd you'll me my like know okay yeah well guess mean really just "
    "swear totally guy crazy anyway tell oh actually",
    "wistful": "memory memories remember past old once years childhood lost gone photograph photo faded long ago "
    "forgotten time miss nostalgia youth mother father grandmother grandfather home back days used forget tear sigh",
    "hopeful": "hope new dawn light sun future begin beginning dream courage strength strong morning believe bright "
    "heart smile sunrise together tomorrow ready faith change life free world promise journey path",
    "old-fashioned": "sir madam gentleman lady ladies mr mrs miss lord shall indeed whom upon dear carriage affair "
    "honour honor manner society marriage estate maid servant parlour letter acquaintance fortune thus hath said",
    "poetic": "moon wind star silver water night sky sea song sing river whisper leaf leaves flower sigh rain light "
    "soul heart sleep shadow breeze reed bird dew petal tree dream like",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """What the model wrote."""

    voice: str
    opening: str
    text: str
    mended: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How a voice steers."""

    with_it: float | None
    without: float | None
    told_apart: float
    mended: float

    @property
    def ratio(self) -> float | None:
        """How many times as many words of the field there are with it; one word more on either side, against zero."""
        if self.with_it is None or self.without is None:
            return None
        return (self.with_it + 0.1) / (self.without + 0.1)


def stem(word: str) -> str:
    """Take off what English words end in, roughly."""
    return re.sub(r"(?<=\w\w\w)(?:ing|ies|ied|ed|es|ly|s|y|e)$", "", word)


def stems(text: str) -> list[str]:
    """Give a text's words for counting, with the marks that tell a voice."""
    return [stem(word.replace("’", "'")) for word in words(text)] + re.findall(r"[!?！？]", text)


class Classifier:
    """Naive Bayes over the set of a story's words."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._counts: dict[str, Counter[str]] = {}
        for story in stories:
            self._counts.setdefault(story.voice, Counter()).update(set(stems(story.text)))
        self._vocabulary = len(set().union(*self._counts.values()))

    def voice_of(self, text: str, without: frozenset[str]) -> str:
        """Say which voice a story is in, by the words that are not among `without`."""
        present = set(stems(text)) - without

        def likelihood(voice: str) -> float:
            counts = self._counts[voice]
            total = counts.total() + self._vocabulary / 2
            return sum(math.log((counts[word] + 0.5) / total) for word in present)

        return max(self._counts, key=likelihood)


def per_hundred(stories: Iterable[Story], field: frozenset[str]) -> float:
    """Count the words of a field, per 100 words."""
    found = [word for story in stories for word in stems(story.text)]
    return 100 * sum(word in field for word in found) / max(1, len(found))


def measure(stories: Sequence[Story], leads: Mapping[str, str], *, lists: bool) -> dict[str, Figures]:
    """Compare the stories of all voices of a kind with each other and with those without a voice.

    Args:
        stories: Of every voice, and of `PLAIN`.
        leads: By voice.
        lists: Whether the fields are in the stories' language.
    """
    of_lead = {voice: frozenset(stems(text)) for voice, text in [*leads.items(), (PLAIN, "")]}
    right: Counter[str] = Counter()
    for opening in {story.opening for story in stories}:
        classifier = Classifier(story for story in stories if story.opening != opening)
        right.update(
            story.voice
            for story in stories
            if story.opening == opening and classifier.voice_of(story.text, of_lead[story.voice]) == story.voice
        )
    plain = [story for story in stories if story.voice == PLAIN]
    figures = {}
    for voice in leads:
        own = [story for story in stories if story.voice == voice]
        field = frozenset(map(stem, FIELDS.get(voice, "").split())) - of_lead[voice]
        listed = lists and voice in FIELDS
        figures[voice] = Figures(
            with_it=per_hundred(own, field) if listed else None,
            without=per_hundred(plain, field) if listed else None,
            told_apart=right[voice] / len(own),
            mended=sum(story.mended for story in own) / len(own),
        )
    return figures


class Trial:
    """Has stories written.

    Args:
        parts: The bot's, beneath what people see.
        settings: The operator's.
        sampling: How; the seed is set for each story.
        first_seed: Of the first story of each voice.
        chinese: The language.
    """

    def __init__(
        self, parts: Parts, settings: Settings, sampling: SamplingParams, *, first_seed: int, chinese: bool
    ) -> None:
        self._parts = parts
        self._first_seed = first_seed
        self._settings = settings
        self._sampling = sampling
        self._chinese = chinese
        self._places = asyncio.Semaphore(AT_ONCE)
        self._number = 0

    async def write(self, leads: Mapping[str, str], seeds: int) -> list[Story]:
        """Have the stories of some voices written, `seeds` of them for each opening."""
        openings = OPENINGS_ZH if self._chinese else OPENINGS
        first = self._first_seed
        return await asyncio.gather(
            *(
                self._one(voice, begun, opening, seed)
                for voice, begun in leads.items()
                for number, opening in enumerate(openings)
                for seed in range(first + number * seeds, first + (number + 1) * seeds)
            )
        )

    async def _one(self, voice: str, begun: str, opening: str, seed: int) -> Story:
        async with self._places:
            self._number += 1
            session = Session(self._parts.engine, Passage(self._parts.safety), self._settings.writing)
            assignment = Assignment(
                request_id=RequestId(f"trial-{self._number}"),
                model=self._parts.model,
                story=opening,
                instruction=request_beside(chinese=self._chinese),
                lead=begun,
                chinese=self._chinese,
                sampling=replace(self._sampling, seed=seed),
            )
            async with aclosing(session.run(assignment)) as writings:
                async for _ in writings:
                    pass
            return Story(voice, opening, session.text().strip(), bool(session.progress.faults))


def table(kind: str, figures: Mapping[str, Figures], plain: float) -> str:
    """Set figures out for people.

    Args:
        kind: The heading.
        figures: By voice.
        plain: The share that was mended without any voice.
    """
    lines = [f"{kind:<18}{'with':>7}{'without':>9}{'ratio':>7}{'told apart':>12}{'mended':>8}"]
    for voice, found in figures.items():
        listed = (
            f"{found.with_it:7.1f}{found.without:9.1f}{found.ratio:7.1f}"
            if found.with_it is not None and found.without is not None
            else f"{'-':>7}{'-':>9}{'-':>7}"
        )
        lines.append(f"{voice:<18}{listed}{found.told_apart:12.0%}{found.mended:8.0%}")
    chance = 1 / (len(figures) + 1)
    return "\n".join([*lines, f"{'by chance':<18}{'':23}{chance:12.0%}", f"{PLAIN:<18}{'':35}{plain:8.0%}"])


async def run(settings: Settings, given: argparse.Namespace) -> None:
    """Try voices and print what was found.

    Args:
        settings: The operator's, with the model to try.
        given: The command line.
    """
    parts = await open_parts(settings.model_copy(update={"database_url": "sqlite+aiosqlite://"}))
    try:
        resolved = await parts.resolver.resolve(
            user_id=None, channel_id=None, guild_id=None, call={"max_new_tokens": given.tokens}
        )
        chinese: bool = given.chinese
        trial = Trial(parts, settings, resolved.sampling(), first_seed=given.first_seed, chinese=chinese)
        plain = await trial.write({PLAIN: ""}, given.seeds)
        for kind, leads in leads_of(parts.voices, given.voices, chinese=chinese).items():
            stories = await trial.write(leads, given.seeds)
            for story in stories if given.show else []:
                print(f"{story.voice}: {story.opening} | {' '.join(story.text.split())}")
            found = measure([*plain, *stories], leads, lists=not chinese)
            print(table(kind, found, sum(story.mended for story in plain) / len(plain)), end="\n\n", flush=True)
    finally:
        await parts.engine.aclose()
        await parts.store.close()


def leads_of(voices: Voices, chosen: Sequence[str], *, chinese: bool) -> dict[str, dict[str, str]]:
    """Give the leads to try, by kind and name; a kind of which nothing was chosen is left out."""
    leads = {
        "genres": {name: lead(voices, name, None, chinese=chinese) for name in voices.genres},
        "tones": {name: lead(voices, None, name, chinese=chinese) for name in voices.tones},
    }
    wanted = {kind: {name: text for name, text in of.items() if name in chosen} for kind, of in leads.items()}
    return {kind: of for kind, of in wanted.items() if of} if chosen else leads


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").strip(), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("voices", nargs="*", metavar="VOICE", help="only these; told apart among themselves then")
    parser.add_argument("--model", help="a registered name, a hub id or a path")
    parser.add_argument("--seeds", type=int, default=2, help="stories of a voice for each of six openings")
    parser.add_argument("--first-seed", type=int, default=0, help="for stories that no text was chosen by")
    parser.add_argument("--tokens", type=int, default=60, help="length of a story")
    parser.add_argument("--chinese", action="store_true", help="the Chinese texts, for a model that reads them")
    parser.add_argument("--show", action="store_true", help="print the stories as well")
    given = parser.parse_args()
    with errors_in_one_line():
        settings = load_settings()
        configure_logs(settings.log.model_copy(update={"level": "error"}))
        library = ModelLibrary.of(settings)
        name = library.default_name(given.model or settings.model)
        prepare(library, name)
        settings = settings.model_copy(update={"model": name})
        asyncio.run(run(settings, given))


if __name__ == "__main__":
    main()
