"""A guard: nobody is shown a category that the newest items of the history have already."""
import json
import sys

NEWEST = 2


def hello(message):
    return {"protocol": 1, "kind": "guard", "name": "no-repeats"}


def begin(message):
    global categories
    categories = message["categories"]
    return {"ready": True}


def restrict(message):
    lists = []
    for user in message["users"]:
        latest = {category for item in user["history"][-NEWEST:] for category in categories[item]}
        lists.append([item for item, own in enumerate(categories) if latest.intersection(own)])
    return {"forbid": lists}


answers = {"hello": hello, "begin": begin, "restrict": restrict}
for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({"id": message["id"], **answers[message["message"]](message)}), flush=True)
