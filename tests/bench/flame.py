"""Draws a flame graph: an SVG in which a box is a function, as wide as its instructions, on top of its
caller. A browser shows a box's numbers when the mouse is over it."""

import os
from xml.sax.saxutils import escape

WIDTH, ROW, MARGIN = 1400, 18, 10
NARROWEST = 0.4  # pixels: what is less is not drawn
LETTER = 6.6     # pixels, of the labels' font

COLOURS = {"duet": "#f2a65a", "guest": "#7fb069", "Linux": "#8ab6d6", "OpenSBI": "#c9a0dc"}


class Node:
    def __init__(self):
        self.count, self.children = 0, {}


def draw(path, counts, rounds, title):
    """`counts`: {((world, function), ...): number}, callers first; the numbers are over `rounds`. The
    callers that all stacks have in common are left out, but for the nearest."""
    common = os.path.commonprefix(list(counts))  # of tuples, as well
    root = Node()
    for stack, number in counts.items():
        stack = stack[max(len(common) - 1, 0):]
        node = root
        node.count += number
        for frame in stack:
            node = node.children.setdefault(frame, Node())
            node.count += number
    scale = (WIDTH - 2 * MARGIN) / max(root.count, 1)
    boxes, deepest = [], 0

    def place(node, x, depth):
        nonlocal deepest
        for (world, name), child in sorted(node.children.items()):
            width = child.count * scale
            if width >= NARROWEST:
                deepest = max(deepest, depth)
                boxes.append((x, depth, width, world, name, child.count / rounds))
                place(child, x, depth + 1)
            x += width

    place(root, MARGIN, 0)
    height = (deepest + 1) * ROW + 70
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
           f'viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="11">',
           f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
           f'<text x="{WIDTH / 2}" y="22" text-anchor="middle" font-size="15">{escape(title)}</text>']
    x = MARGIN
    for world, colour in COLOURS.items():
        out.append(f'<rect x="{x}" y="{height - 20}" width="12" height="12" fill="{colour}"/>'
                   f'<text x="{x + 17}" y="{height - 10}">{escape(world)}</text>')
        x += 100
    total = root.count / rounds
    for x, depth, width, world, name, number in boxes:
        y = height - 50 - depth * ROW
        letters = int((width - 6) / LETTER)
        label = name if len(name) <= letters else name[:letters - 2] + ".." if letters > 4 else ""
        out.append(f'<g><title>{escape(name)} ({escape(world)}): {number:,.1f} instructions, {number / total:.1%}'
                   f'</title><rect x="{x:.2f}" y="{y}" width="{width:.2f}" height="{ROW - 1}" '
                   f'fill="{COLOURS.get(world, "#dddddd")}" stroke="white" stroke-width="0.5"/>'
                   f'<text x="{x + 3:.2f}" y="{y + 12}">{escape(label)}</text></g>')
    out.append("</svg>")
    with open(path, "w") as file:
        file.write("\n".join(out) + "\n")
