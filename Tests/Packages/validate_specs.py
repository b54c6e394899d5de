"""Validates specs against the schema that `beckon schema` prints, with an implementation of its own.

usage: validate_specs.py SCHEMA < LIST, where LIST has a line for each file.
Prints `ok FILE` or `bad FILE: PLACE: MESSAGE` for each.
"""

import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for line in sys.stdin:
    path = line.rstrip("\n")
    with open(path, encoding="utf-8") as file:
        errors = sorted(validator.iter_errors(json.load(file)), key=lambda error: len(error.path))
    if errors:
        print(f"bad {path}: {errors[0].json_path}: {errors[0].message[:300]}")
    else:
        print(f"ok {path}")
