"""A scorer: what few people met comes first, and a category that the user knows counts against an item."""
import json
import sys

WEIGHT = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5  # of the categories that a user knows


def hello(message):
    return {"protocol": 1, "kind": "scorer", "name": "novelty"}


def begin(message):
    global counts, categories
    counts, categories = message["counts"], message["categories"]
    return {"ready": True}


def score(message):
    rows = []
    for user in message["users"]:
        known = {category for item in user["history"] for category in categories[item]}
        rows.append([1 / (1 + counts[item]) - WEIGHT * len(known.intersection(categories[item]))
                     for item in range(len(counts))])
    return {"scores": rows}


answers = {"hello": hello, "begin": begin, "score": score}
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({"id": message["id"], **answers[message["message"]](message)}), flush=True)
