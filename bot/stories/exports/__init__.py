"""A story as a file, and a file as a story: pure functions from `StoryFile` to bytes and back.

What is written: `markdown` and `plain_text` in `texts`, `html_page` in `html_pages`, `epub` in `books`, and
`write_json` in `json_files`, which alone holds all of a story. What is read: `read_story` in `reading` takes that
JSON, plain text, and the stories of KoboldAI.
"""
