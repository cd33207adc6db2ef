"""The other side of bench/render.mjs: load the data, compile and render every template, write the results."""
import json
import os
import sys

import jinja2

source, target, data = sys.argv[1:]
with open(data) as file:
    values = json.load(file)
environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(source), trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
)
os.makedirs(target)
for name in os.listdir(source):
    with open(os.path.join(target, name), "w") as file:
        file.write(environment.get_template(name).render(values))
