"""`python -m bot`: see `bot.cli`."""

if __name__ == "__main__":
    # Imported here alone: the engine process imports this file too, and needs none of the bot.
    from bot.cli import main

    main()
