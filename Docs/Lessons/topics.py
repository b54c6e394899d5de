"""A scorer: items come first whose topics the user has met often; among equals the popular one."""
import json
import sys

WEIGHT = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0  # of a topic met once, against a thousand events of the item


def hello(message):
    return {"protocol": 1, "kind": "scorer", "name": "topics"}


def begin(message):
    global topics, counts
    topics, counts = message["categories"], message["counts"]
    return {"ready": True}


def score(message):
    rows = []
    for user in message["users"]:
        met = {}
        for item in user["history"]:
            for topic in topics[item]:
                met[topic] = met.get(topic, 0) + 1
        rows.append([
            WEIGHT * sum(met.get(topic, 0) for topic in topics[item]) + counts[item] / 1000
            for item in range(len(counts))])
    return {"scores": rows}


answers = {"hello": hello, "begin": begin, "score": score}
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({"id": message["id"], **answers[message["message"]](message)}), flush=True)
