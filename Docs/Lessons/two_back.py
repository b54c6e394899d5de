"""A world where the item before the last one decides what comes next; and the same world with its order shuffled.

usage: python3 two_back.py DIR    writes DIR/ordered.txt and DIR/shuffled.txt, a line a user: user item item …
"""
import pathlib
import sys

USERS, LENGTH, ITEMS = 400, 20, 100
state = 1


def below(n):
    """The next number of a generator that is the same in every Python: 0 … n − 1."""
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % n


def shuffled(values):
    values = list(values)
    for i in range(len(values) - 1, 0, -1):
        j = below(i + 1)
        values[i], values[j] = values[j], values[i]
    return values


def walk(successor):
    """Two walkers take turns: each goes to its item's successor nine times of ten, else anywhere."""
    items = [below(ITEMS), below(ITEMS)]
    while len(items) < LENGTH:
        items.append(successor[items[-2]] if below(10) else below(ITEMS))
    return items


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
successor = shuffled(range(ITEMS))
users = [walk(successor) for _ in range(USERS)]
# The last two items, which are asked for, stay where they are: both worlds have the same answers.
worlds = {"ordered": users, "shuffled": [shuffled(user[:-2]) + user[-2:] for user in users]}
for name, world in worlds.items():
    lines = [f"{n} {' '.join(str(item + 1) for item in user)}\n" for n, user in enumerate(world, 1)]
    (folder / f"{name}.txt").write_text("".join(lines))
