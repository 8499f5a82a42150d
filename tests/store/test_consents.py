"""Who agreed that a model learns from their words: kept for the person, until it is taken back or the person goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.store.filling import ADA, BEN, CLEO, HERE

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

PEOPLE = (ADA, BEN, CLEO)


async def test_nobody_agrees_before_they_were_asked(database: Database) -> None:
    assert await database.consents.given(ADA) is None
    assert await database.consents.among(PEOPLE) == frozenset()


async def test_a_consent_is_kept_with_the_moment_it_was_given(database: Database, clock: Clock) -> None:
    since = await database.consents.give(ADA)
    assert since == clock.time
    clock.advance(3600)
    assert await database.consents.give(ADA) == since  # a second time changes nothing
    assert await database.consents.given(ADA) == since
    assert await database.consents.given(BEN) is None


async def test_a_consent_that_was_taken_back_is_gone_and_a_new_one_begins_anew(
    database: Database, clock: Clock
) -> None:
    await database.consents.give(ADA)
    await database.consents.give(BEN)
    assert await database.consents.take_back(ADA)
    assert not await database.consents.take_back(ADA)
    assert await database.consents.given(ADA) is None
    assert await database.consents.given(BEN) is not None
    clock.advance(1)
    assert await database.consents.give(ADA) == clock.time


async def test_those_who_agree_are_found_among_others(database: Database) -> None:
    await database.consents.give(ADA)
    await database.consents.give(CLEO)
    assert await database.consents.among(PEOPLE) == {ADA, CLEO}
    assert await database.consents.among([BEN, CLEO]) == {CLEO}
    assert await database.consents.among([]) == frozenset()


async def test_whoever_asked_to_be_erased_counts_as_one_who_does_not_agree(database: Database) -> None:
    await database.consents.give(ADA)
    await database.people.request_erasure(ADA)
    assert await database.consents.among(PEOPLE) == frozenset()
    await database.people.withdraw_erasure(ADA)
    assert await database.consents.among(PEOPLE) == {ADA}


async def test_a_consent_goes_with_the_person_and_with_no_server(database: Database) -> None:
    await database.consents.give(ADA)
    await database.consents.give(BEN)
    await database.people.erase_server(HERE)
    assert await database.consents.among(PEOPLE) == {ADA, BEN}
    await database.people.erase(ADA)
    assert await database.consents.given(ADA) is None
    assert await database.consents.among(PEOPLE) == {BEN}


async def test_the_copy_of_a_persons_data_says_when_they_agreed(database: Database, clock: Clock) -> None:
    await database.consents.give(ADA)
    await database.consents.give(BEN)
    found = await database.people.export(ADA)
    assert found["training_consents"] == [{"user_id": "you", "given_at": clock.time.isoformat()}]
    assert (await database.people.export(CLEO))["training_consents"] == []
