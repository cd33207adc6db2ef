# The same reads as resolve.mjs does for 20 projects x 50 instances, merged plainly; prints the milliseconds.
import json
import sys
import time

define = sys.argv[1] + "/define/"


def merge(below, above):
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def load(name):
    with open(define + name + ".json") as file:
        return json.load(file)


start = time.perf_counter()
hosts = 0
for project in range(20):
    for group in range(10):
        for member in range(5):
            values = {}
            for layer in ("facsimile", f"project{project}", f"group{group}", f"group{group}.i{member}"):
                values = merge(values, load(layer))
            hosts += len(values["hosts"])
assert hosts > 0
print((time.perf_counter() - start) * 1000)
