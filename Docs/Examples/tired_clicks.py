"""A click model: who has been shown much of a category tires of it, and comes back to what has not been shown."""
import json
import math
import sys


def hello(message):
    return {"protocol": 1, "kind": "clickModel", "name": "tired-clicks"}


def begin(message):
    global categories
    categories = message["categories"]
    return {"ready": True}


def choose(slate):
    shown = [category for event in slate["events"] for item in event["items"] for category in categories[item]]
    pulls = [math.exp(5 * affinity - 0.3 * sum(shown.count(category) for category in categories[item]))
             for item, affinity in zip(slate["items"], slate["affinities"])]
    return [pull / (math.exp(2) + sum(pulls)) for pull in pulls]  # the rest to 1 is no click


answers = {"hello": hello, "begin": begin,
           "answer": lambda message: {"probabilities": [choose(slate) for slate in message["slates"]]}}
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({"id": message["id"], **answers[message["message"]](message)}), flush=True)
