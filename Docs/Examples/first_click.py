"""A metric: the round of a user's first click, counted from 1; of next-item prediction, the best answer's rank."""
import json
import sys


def hello(message):
    return {"protocol": 1, "kind": "metric", "name": "first-click"}


def begin(message):
    return {"ready": True}


def rounds_until_click(path, cutoff):
    clicks = [number for number, one in enumerate(path["rounds"][:cutoff], 1) if one["choice"] is not None]
    return clicks[0] if clicks else cutoff + 1


def measure(message):
    cutoff = message["cutoff"]
    if "queries" in message:
        return {"values": [min(min(query["ranks"]), cutoff) + 1 for query in message["queries"]]}
    return {"values": [sum(rounds_until_click(path, cutoff) for path in user["paths"]) / len(user["paths"])
                       for user in message["users"]]}


answers = {"hello": hello, "begin": begin, "measure": measure}
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({"id": message["id"], **answers[message["message"]](message)}), flush=True)
