"""Speed of ITMPRec's nudging loop in PyTorch: user-rounds per second.

    rollout.py --sequences lastfm.txt --targets 4

Of a target and a round, for every user: the state h (the network of transformer.py, its last slot); the score
(sigmoid(h.v) + sigmoid(c.c')) * (cos(v, v_j) - cos(h, v_j)) of all items v, with c and c' the intents of highest cosine
to h and v and v_j the target; the best item not met before; TIAC, 1 less the mean cosine to the target (at least 0.2)
of the 5 items not met that are nearest to h; the target's rank in the simulator; a click with probability
sigmoid(e.e' - 0.8), which moves the user's vector e and lengthens the history.

The same as `beckon bench rollout`: users and their histories s[:-2], the network, 32 random intents, the scorer, TIAC
in the released code's direction, random unit vectors as the simulated world, 20 rounds, what is recorded of the
target, users who stop at it. Weights are random: the work does not depend on them.

What differs: Beckon also records lengths, drift and the affinity to held-out items; random draws. Variants, which give
the same result from the same seed:

    --encode all|clicked     who is encoded in a round: everybody, or those whose history changed
    --scores all|clicked     whose products with all items are computed: everybody's, or those of changed users alone
    --block N                users that play all rounds together; 0: all of them
    --loop released          the released code's amount of work instead: blocks of 256 users encoded slot by slot,
                             pads included; cosines by broadcasting users x items x width; the intents of all items
                             sought again in each block; ranks, moves and histories in a Python loop over users. That
                             code also keeps what gradients would need, which is left out here.

Needs PyTorch and NumPy. Prints one line of JSON.
"""

import time

import numpy as np
import torch
import torch.nn.functional as F

from common import LENGTH, chunks, parser, read, report, start, windows
from transformer import WIDTH, Transformer, Windows

INTENTS, NEAREST, OFFSET, RELEASED_BLOCK, RANKED = 32, 5, 0.8, 256, 200


class World:
    """What is fixed: the model, the simulated items, and where users begin."""

    def __init__(self, sequences, options):
        self.options = options
        pasts = [s[:-2] for s in sequences]
        items = max(int(s.max()) for s in sequences)
        self.model = Transformer(items + 1, options.attention).eval()
        self.vectors = self.model.item.weight[1:]
        self.directions, self.inverse_norms = F.normalize(self.vectors), 1 / self.vectors.norm(dim=1)
        self.intents = 0.02 * torch.randn(INTENTS, WIDTH)
        self.intent_directions = F.normalize(self.intents)
        item_intents = (self.directions @ self.intent_directions.T).argmax(1)
        self.affinities = torch.sigmoid(self.intents @ self.intents.T)[:, item_intents]
        self.interests = F.normalize(torch.randn(len(pasts), WIDTH))
        self.items = F.normalize(torch.randn(items, WIDTH))
        self.windows = torch.from_numpy(windows(pasts))
        self.met = torch.zeros(len(pasts), items, dtype=torch.bool)
        for row, past in zip(self.met, pasts):
            row[torch.from_numpy(past) - 1] = True

    def encode(self, ids):
        parts = ids.split(RELEASED_BLOCK)
        return torch.cat([self.model(Windows(part, self.options.layout), last_only=True) for part in parts])

    def clicks(self, interests, picks):
        """Whether each user clicks what is shown."""
        chance = torch.sigmoid((interests * self.items[picks]).sum(1) - OFFSET)
        return torch.rand(len(picks)) < chance


def keep(cosines):
    """TIAC: the weight of the old vector, from the cosines to the target of the items nearest to a user."""
    return (1 - cosines.mean(1).clamp(min=0.2)).round(decimals=3)


def play(world, states, users, target, rounds):
    """All rounds of some users with a target; the change of their interest in it."""
    options = world.options
    ids, interests, states = world.windows[users].clone(), world.interests[users].clone(), states[users].clone()
    met = world.met[users]
    unavailable = met.clone()
    frozen = met[:, target].clone()
    towards = world.directions @ world.directions[target]
    everyone = torch.arange(len(ids))
    scores, cosines, ranks = torch.empty(met.shape), torch.empty(met.shape), torch.empty(rounds + 1, len(ids))
    nearest = torch.empty(len(ids), NEAREST, dtype=torch.long)

    def look(rows, into):
        """Scores and cosines of these users; what cannot be shown is at minus infinity."""
        h = states[rows]
        preferences = h @ world.vectors.T
        hidden = unavailable[rows]
        cosines[rows] = (preferences * world.inverse_norms).masked_fill_(hidden, -torch.inf)
        own = F.normalize(h)
        affinities = world.affinities[(own @ world.intent_directions.T).argmax(1)]
        gains = towards - (own @ world.directions[target])[:, None]
        scores[rows] = preferences.sigmoid_().add_(affinities).mul_(gains).masked_fill_(hidden, -torch.inf)
        liked = interests[rows] @ world.items.T
        goal = liked[:, target, None].clone()
        into[rows] = liked.masked_fill_(met[rows], -torch.inf).gt_(goal).sum(1)

    first = interests @ world.items[target]
    look(everyone, ranks[0])
    stale = everyone
    for round in range(rounds):
        nearest[stale] = cosines[stale].topk(NEAREST).indices
        weights = keep(towards[nearest])
        picks = scores.argmax(1)
        clicked = world.clicks(interests, picks)
        moves = clicked & ~frozen
        moved = torch.lerp(world.items[picks], interests, weights[:, None])
        interests = torch.where(moves[:, None], F.normalize(moved), interests)
        frozen |= moves & (picks == target)
        for table in (scores, cosines):
            table[everyone, picks] = -torch.inf
        unavailable[everyone, picks] = True
        changed = clicked.nonzero()[:, 0]
        ids[changed] = torch.cat([ids[changed, 1:], picks[changed, None] + 1], 1)
        encoded = everyone if options.encode == "all" else changed
        states[encoded] = world.encode(ids[encoded])
        ranks[round + 1] = ranks[round]
        stale = everyone if options.scores == "all" else (clicked | (nearest == picks[:, None]).any(1)).nonzero()[:, 0]
        look(everyone if options.scores == "all" else changed, ranks[round + 1])
    return interests @ world.items[target] - first


def play_as_released(world, states, users, target, rounds):
    """The same rounds with the released code's amount of work."""
    ids, interests = world.windows[users].clone(), world.interests[users].clone()
    met = world.met[users]
    unavailable = met.clone()
    frozen = met[:, target].tolist()
    goal = world.vectors[target]
    first = interests @ world.items[target]
    for _ in range(rounds):
        picks, weights = [], []
        for rows in torch.arange(len(ids)).split(RELEASED_BLOCK):
            batch = Windows(ids[rows], "dense")
            h = world.model(batch)[batch.last]
            cosines = F.cosine_similarity(h[:, None], world.vectors[None], dim=2)
            cosines[unavailable[rows]] = -torch.inf
            near = world.vectors[cosines.topk(NEAREST).indices]
            weights.append(keep(F.cosine_similarity(near, goal[None, None], dim=2)))
            own = F.cosine_similarity(h[:, None], world.intents[None], dim=2).argmax(1)
            theirs = F.cosine_similarity(world.vectors[:, None], world.intents[None], dim=2).argmax(1)
            accepted = torch.sigmoid(h @ world.vectors.T)
            accepted += torch.sigmoid(world.intents[own] @ world.intents[theirs].T)
            towards = F.cosine_similarity(world.vectors, goal[None])
            scores = accepted * (towards - F.cosine_similarity(h, goal[None])[:, None])
            scores[unavailable[rows]] = -torch.inf
            picks.append(scores.max(1).indices)
        picks, weights = torch.cat(picks), torch.cat(weights)
        liked = interests @ world.items.T
        for user in range(len(ids)):
            liked[user, met[user]] = -torch.inf
            (liked[user].topk(RANKED).indices == target).nonzero()
        clicked = world.clicks(interests, picks)
        for user in range(len(ids)):
            pick = picks[user]
            unavailable[user, pick] = True
            if clicked[user]:
                ids[user] = torch.tensor([*ids[user, 1:].tolist(), int(pick) + 1])
                if not frozen[user]:
                    moved = weights[user] * interests[user] + (1 - weights[user]) * world.items[pick]
                    interests[user] = moved
                frozen[user] |= int(pick) == target
        interests = F.normalize(interests)
    return interests @ world.items[target] - first


@torch.inference_mode()
def main():
    options = parser(__doc__)
    options.add_argument("--targets", type=int, default=2)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--loop", choices=["fast", "released"], default="fast")
    options.add_argument("--encode", choices=["all", "clicked"], default="clicked")
    options.add_argument("--scores", choices=["all", "clicked"], default="clicked")
    options.add_argument("--layout", choices=["dense", "packed"], default="packed")
    options.add_argument("--attention", choices=["manual", "sdpa"], default="sdpa")
    options.add_argument("--block", type=int, default=0, metavar="N")
    options = options.parse_args()
    start(options)
    sequences, _ = read(options)
    world = World(sequences, options)
    count = len(sequences)
    blocks = chunks(torch.arange(count), options.block or count)
    targets = torch.randperm(len(world.items))[:options.targets].tolist()

    def run(targets, blocks, rounds):
        states = None if options.loop == "released" else world.encode(world.windows)
        loop = play_as_released if options.loop == "released" else play
        gains = [loop(world, states, users, target, rounds) for target in targets for users in blocks]
        return float(torch.cat(gains).mean())

    run(targets[:1], blocks[:1], 2)
    torch.manual_seed(options.seed)
    begin = time.perf_counter()
    ioi = run(targets, blocks, options.rounds)
    seconds = time.perf_counter() - begin
    rate = count * options.targets * options.rounds / seconds
    report(options, userRoundsPerSecond=rate, seconds=seconds, ioi=ioi, users=count, items=len(world.items))


if __name__ == "__main__":
    main()
