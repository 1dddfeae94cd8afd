"""validateschema.py SCHEMA FILE…: prints what of each JSON file is not as the schema says, members that it does not name
included, and exits with 1 where something was printed."""

import json
import sys

import jsonschema


def strict(node):
    """The schema with every member that it does not name forbidden: a new one has to be written down."""
    if isinstance(node, dict):
        for value in node.values():
            strict(value)
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
    elif isinstance(node, list):
        for value in node:
            strict(value)
    return node


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(strict(schema))
    failed = False
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
        for error in validator.iter_errors(value):
            failed = True
            place = "/".join(str(step) for step in error.absolute_path)
            print(f"{path}: {place}: {error.message[:300]}")
    sys.exit(1 if failed else 0)


main()
