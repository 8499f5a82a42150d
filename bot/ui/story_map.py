"""A story's tree as a picture. It holds dots and numbers alone; whose colour is whose is said in the message."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageFont

from bot.games import MODEL_SEAT
from bot.stories.exports.file import StoryFile
from bot.stories.exports.tree import children_of
from bot.ui.charts import BACKGROUND, BASE, BRIGHT, MUTED

MODEL_COLOUR, MODEL_MARK = "#a5abb4", "⚪"
COLOURS = ("#5865f2", "#e67e22", "#57c777", "#eb459e", "#f1c40f", "#9b6a4c", "#ed4245")
"""People's, in the order of their seats; the eighth has the first one's again."""
MARKS = ("🔵", "🟠", "🟢", "🟣", "🟡", "🟤", "🔴")
"""What stands for each of them in a message."""
LONGEST_RUN = 3
"""Turns in a row without a branch beyond this are drawn as one gap."""
MOST_SPOTS = 400
COLUMNS = 20
"""Of one band; what lies further right goes on in the band beneath."""
_X, _Y, _MARGIN, _BAND = 52, 44, 34, 26
_RADIUS, _SMOOTH = 9, 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A dot of the map, or a gap that stands for several."""

    column: int
    row: int
    parent: int | None
    """The spot to the left that it hangs on, by its place in the list."""
    number: int | None = None
    """The turn's; None for a gap."""
    stands_for: int = 1
    """Turns."""
    seat: int = MODEL_SEAT
    shown: bool = False
    """On the branch that is shown."""
    hidden: bool = False
    head: bool = False


@dataclass(slots=True)
class _Node:
    """A spot without a place."""

    number: int | None
    stands_for: int
    parent: int | None
    children: list[int]


def mark_of(seat: int) -> str:
    """Give what stands for a seat's colour in a message."""
    return MODEL_MARK if seat == MODEL_SEAT else MARKS[(seat - 1) % len(MARKS)]


def lay_out(file: StoryFile) -> tuple[Spot, ...]:
    """Give every turn a place: columns by how far it is from its beginning, the branch that is shown in row 0.

    Runs of turns are drawn together. Where there are still more than `MOST_SPOTS`, the branches beside the one that is
    shown become gaps, and at last its older part.
    """
    nodes = _Growth(file, beside=True).grow()
    if len(nodes) > MOST_SPOTS:
        nodes = _Growth(file, beside=False).grow()
    return _placed(file, nodes, {turn.id for turn in file.branch()})


def draw_map(file: StoryFile) -> bytes:
    """Draw a story's tree as a PNG. The work takes up to half a second of the processor and belongs in a thread."""
    return _Picture(lay_out(file)).png()


class _Growth:
    """Grows the nodes of a story: its runs are drawn together, and where it is too large, what lies beside the branch.

    Args:
        file: The story.
        beside: Whether what lies beside the branch that is shown stands there turn by turn.
    """

    def __init__(self, file: StoryFile, *, beside: bool) -> None:
        self._file = file
        self._beside = beside
        self._branch = [turn.id for turn in file.branch()]
        self._shown = set(self._branch)
        self._children = children_of(file)
        self.nodes: list[_Node] = []

    def grow(self) -> list[_Node]:
        """Give the nodes, parents first; of a node's children the one that is shown comes first."""
        older = 0 if self._beside else max(len(self._branch) - MOST_SPOTS // 3, 0)
        waiting = self._following(None, None)
        if older:
            waiting = [(self._branch[older], 1, self._add(None, older, None))]
        while waiting:
            number, stands_for, parent = waiting.pop()
            run = self._run(number) if number else []
            if number is None:
                self._add(None, stands_for, parent)
            elif len(run) > LONGEST_RUN:
                waiting.append((self._children[run[-1]][0], 1, self._add(None, len(run), parent)))
            else:
                waiting += self._following(number, self._add(number, 1, parent))
        return self.nodes

    def _following(self, number: int | None, spot: int | None) -> list[tuple[int | None, int, int | None]]:
        """Give what follows a turn, what is shown last; what is not drawn turn by turn becomes one gap."""
        children = sorted(self._children.get(number, []), key=lambda child: (child in self._shown, -child))
        aside = [] if self._beside else [child for child in children if child not in self._shown]
        found: list[tuple[int | None, int, int | None]] = []
        if aside:
            found.append((None, sum(_size(self._children, child) for child in aside), spot))
        return found + [(child, 1, spot) for child in children if self._beside or child in self._shown]

    def _run(self, number: int) -> list[int]:
        """Give the turns from one on of which each is alone in its place and goes on in one way."""
        found: list[int] = []
        before = self._file.turn(number).parent
        if before is None or len(self._children[before]) > 1:
            return found
        while (
            len(self._children.get(number, ())) == 1
            and number != self._file.head
            and not self._file.turn(number).hidden
        ):
            found.append(number)
            (number,) = self._children[number]
        return found

    def _add(self, number: int | None, stands_for: int, parent: int | None) -> int:
        self.nodes.append(_Node(number, stands_for, parent, []))
        if parent is not None:
            self.nodes[parent].children.append(len(self.nodes) - 1)
        return len(self.nodes) - 1


def _size(children: dict[int | None, list[int]], number: int) -> int:
    """Count a turn and all that follows it."""
    count, waiting = 0, [number]
    while waiting:
        count += 1
        waiting += children.get(waiting.pop(), [])
    return count


def _placed(file: StoryFile, nodes: Sequence[_Node], shown: set[int]) -> tuple[Spot, ...]:
    columns, rows = _columns(nodes), [0] * len(nodes)
    taken: list[list[tuple[int, int]]] = []

    def settle(lane: Sequence[int], above: int) -> None:
        """Put a lane into the first row beneath another in which nothing stands in its way."""
        start, end = columns[lane[0]] - 1, columns[lane[-1]]
        row = above
        while True:
            if row == len(taken):
                taken.append([])
            if all(end < left or right < start for left, right in taken[row]):
                break
            row += 1
        taken[row].append((start, end))
        for spot in lane:
            rows[spot] = row

    waiting = [(root, 0) for root in reversed([at for at, node in enumerate(nodes) if node.parent is None])]
    while waiting:
        first, above = waiting.pop()
        lane = list(_lane(nodes, first))
        settle(lane, above)
        # From the right, so that no line down crosses a branch that lies beneath.
        for spot in lane:
            waiting += [(child, rows[spot] + 1) for child in reversed(nodes[spot].children[1:])]
    return tuple(_spot(file, node, columns[at], rows[at], shown, nodes) for at, node in enumerate(nodes))


def _spot(file: StoryFile, node: _Node, column: int, row: int, shown: set[int], nodes: Sequence[_Node]) -> Spot:
    spot = Spot(column=column, row=row, parent=node.parent, number=node.number, stands_for=node.stands_for)
    if node.number is None:
        nearest = next((nodes[child].number for child in node.children if nodes[child].number), None)
        return replace(spot, shown=nearest in shown)
    turn = file.turn(node.number)
    here = node.number == file.head
    return replace(spot, seat=turn.seat, hidden=turn.hidden, shown=node.number in shown, head=here)


def _columns(nodes: Sequence[_Node]) -> list[int]:
    found: list[int] = []
    for node in nodes:
        found.append(0 if node.parent is None else found[node.parent] + 1)
    return found


def _lane(nodes: Sequence[_Node], first: int) -> Iterator[int]:
    """Give the spots of a row, each the first that follows the one before."""
    yield first
    while nodes[first].children:
        first = nodes[first].children[0]
        yield first


class _Picture:
    """One picture.

    Args:
        spots: What is on it.
    """

    def __init__(self, spots: Sequence[Spot]) -> None:
        self._spots = spots
        # A band has only the rows in which something stands.
        used: list[set[int]] = [set() for _ in range(max(spot.column for spot in spots) // COLUMNS + 1)]
        for spot in spots:
            band, column = divmod(spot.column, COLUMNS)
            used[band].add(spot.row)
            if band and not column:
                # Its line leaves the band above in the same row.
                used[band - 1].add(spot.row)
        self._rows = [{row: place for place, row in enumerate(sorted(rows))} for rows in used]
        self._tops = [_MARGIN]
        for rows in self._rows:
            self._tops.append(self._tops[-1] + len(rows) * _Y + _BAND)
        widest = min(max(spot.column for spot in spots) + 1, COLUMNS)
        self._size = (max(widest * _X + 2 * _MARGIN - _X // 2, 200), self._tops[-1] - _BAND + _MARGIN // 2)
        # A font of one's own for each picture: several are drawn in threads at a time.
        self._font = ImageFont.load_default(14)

    def png(self) -> bytes:
        large = Image.new("RGB", (self._size[0] * _SMOOTH, self._size[1] * _SMOOTH), BACKGROUND)
        self._draw = ImageDraw.Draw(large)
        for spot in sorted(self._spots, key=lambda spot: spot.shown):
            self._edge(spot)
        for spot in self._spots:
            self._dot(spot)
        picture = large.resize(self._size, Image.Resampling.BOX)
        draw = ImageDraw.Draw(picture)
        for spot in self._spots:
            x, y = self._place(spot)
            if spot.number is None:
                draw.text((x, y), f"… {spot.stands_for} …", MUTED, self._font, anchor="mm")
            else:
                draw.text((x, y + 19), str(spot.number), BRIGHT if spot.shown else MUTED, self._font, anchor="mm")
        file = io.BytesIO()
        picture.save(file, "PNG", optimize=True)
        return file.getvalue()

    def _place(self, spot: Spot, row: int | None = None) -> tuple[int, int]:
        band, column = divmod(spot.column, COLUMNS)
        return _MARGIN + column * _X, self._tops[band] + self._rows[band][spot.row if row is None else row] * _Y

    def _edge(self, spot: Spot) -> None:
        """Draw the line from a spot's parent: right, down, right; over the edge where the next band begins."""
        if spot.parent is None:
            return
        parent = self._spots[spot.parent]
        (left, top), (x, y) = self._place(parent), self._place(spot)
        turn, beneath = left + _X // 2, self._place(parent, spot.row)[1]
        line = [(left, top), (turn, top), (turn, beneath)]
        if parent.column // COLUMNS == spot.column // COLUMNS:
            self._line([*line, (x, y)], spot)
            return
        self._line([*line, (turn + 6, beneath)], spot)
        self._line([(x - _X // 2, y), (x, y)], spot)

    def _line(self, points: Sequence[tuple[int, int]], spot: Spot) -> None:
        colour, width = (BRIGHT, 4) if spot.shown else (BASE, 2)
        scaled = [(x * _SMOOTH, y * _SMOOTH) for x, y in points]
        self._draw.line(scaled, colour, width * _SMOOTH, joint="curve")

    def _dot(self, spot: Spot) -> None:
        x, y = self._place(spot)
        if spot.number is None:
            half = self._font.getlength(f"… {spot.stands_for} …") / 2 + 3
            self._box(x - half, y - 10, x + half, y + 10, BACKGROUND)
            return
        colour = MODEL_COLOUR if spot.seat == MODEL_SEAT else COLOURS[(spot.seat - 1) % len(COLOURS)]
        if spot.head:
            self._ring(x, y, _RADIUS + 5, BRIGHT)
            self._ring(x, y, _RADIUS + 3, BACKGROUND)
        self._ring(x, y, _RADIUS, colour)
        if spot.hidden:
            self._ring(x, y, _RADIUS - 3, BACKGROUND)

    def _ring(self, x: float, y: float, radius: float, colour: str) -> None:
        box = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([edge * _SMOOTH for edge in box], colour)

    def _box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._draw.rectangle([edge * _SMOOTH for edge in (left, top, right, bottom)], colour)
