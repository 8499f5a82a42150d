"""The rules of the games: pure functions from a game and what happens in it to the game after it."""
