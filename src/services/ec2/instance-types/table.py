"""Writes table.ts: what DescribeInstanceTypes and DescribeInstanceTypeOfferings of AWS answered, as moto (Apache-2.0) has it.

    python3 src/services/ec2/instance-types/table.py > src/services/ec2/instance-types/table.ts

Every value stands once: an object is a line `[shape, member, ...]`, a list `["", item, ...]`, both by the lines' numbers; a
shape is the names of an object's members. Zones have a bit for each type, in the order of their names.
"""

import base64
import gzip
import json
import sys
from pathlib import Path

import moto

resources = Path(moto.__file__).parent / "ec2" / "resources"
read = lambda path: json.loads(gzip.decompress(path.read_bytes()))

shapes, nodes = {}, {}


def intern(value):
    if isinstance(value, dict):
        shape = shapes.setdefault(json.dumps(list(value)), len(shapes))
        line = json.dumps([shape, *map(intern, value.values())], separators=(",", ":"))
    elif isinstance(value, list):
        line = json.dumps(["", *map(intern, value)], separators=(",", ":"))
    else:
        line = json.dumps(value)
    return nodes.setdefault(line, len(nodes))


types = read(resources / "instance_types.json.gz")
names = sorted(types)
rows = []
for name in names:
    facts = {key: value for key, value in types[name].items() if key != "InstanceType"}
    rows.append(f"{json.dumps(name)}:{intern(facts)}")

zones = {}
for path in sorted((resources / "instance_type_offerings" / "availability-zone-id").glob("*.json.gz")):
    for offering in read(path):
        zones.setdefault(offering["Location"], set()).add(offering["InstanceType"])


def bits(offered):
    number = sum(1 << at for at, name in enumerate(names) if name in offered)
    return base64.b64encode(number.to_bytes((len(names) + 7) // 8, "little")).decode()


offerings = [f"{json.dumps(zone)}:{json.dumps(bits(offered))}" for zone, offered in sorted(zones.items())]
sys.stdout.write("// Written by table.py; it says what this is, and where it is from.\n")
sys.stdout.write("export const table = `{\n")
for name, lines in (("shapes", shapes), ("nodes", nodes)):
    sys.stdout.write(f'"{name}":[\n' + ",\n".join(lines) + "\n],\n")
for name, lines, end in (("types", rows, ","), ("offerings", offerings, "")):
    sys.stdout.write(f'"{name}":{{\n' + ",\n".join(lines) + "\n}" + end + "\n")
sys.stdout.write("}`;\n")
