"""What people see of a game: its passages, its panel, and the forms and buttons of those who play."""
