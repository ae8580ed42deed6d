"""What the corpus test asks of replay.py, beside the repository: the calls behind real records, and how ours compare.

    corpus.py calls            one JSON line a call: {"id", "service", "operation", "kwargs", …}, blobs and times tagged
    corpus.py score FILE       reads lines {"id", "record"}, writes replay.py's scores as one JSON object
"""
import base64, collections, datetime, json, pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "tools"))
import replay  # noqa: E402


def tagged(value):
    if isinstance(value, bytes):
        return {"$blob": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {"$time": value.timestamp() * 1000}
    raise TypeError(type(value))


def invertible():
    clients = replay.Clients("http://127.0.0.1:9", capture=True)
    for item in replay.load():
        if item.confidence == "handmade-or-doc":
            continue
        try:
            yield item, replay.prepare_item(item, clients, False)[0]
        except replay.Skip:
            continue


def answer(shape, node, lists=("items", "item")):
    """The members of an output shape that a record's responseElements tell of; what the model doesn't know is left out."""
    if shape is None or node is None:
        return {}
    if shape.type_name == "structure":
        if not isinstance(node, dict):
            return {}
        members = {}
        for name, member in shape.members.items():
            for key in (member.serialization.get("name", name), replay.lower_first(name), "_" + member.serialization.get("name", name), {"availabilityZone": "zone"}.get(member.serialization.get("name"))):
                if key in node:
                    members[name] = answer(member, node[key])
                    break
        return members
    if shape.type_name == "list":
        inner = next((node[key] for key in lists if key in node), []) if isinstance(node, dict) else node or []
        return [answer(shape.member, one) for one in (inner if isinstance(inner, list) else [inner])]
    if shape.type_name == "timestamp":
        if isinstance(node, str):
            text = node.replace("\u202f", " ")
            for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%b %d, %Y, %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p"):
                try:
                    return datetime.datetime.strptime(text, form).replace(tzinfo=datetime.timezone.utc)
                except ValueError:
                    pass
        return datetime.datetime.fromtimestamp(float(node) / 1000, datetime.timezone.utc) if isinstance(node, (int, float)) else None
    return replay.as_text(node) if shape.type_name == "string" and not isinstance(node, (dict, list)) else node


def output_of(record, call):
    response = record.get("responseElements")
    if call.service == "ec2" and isinstance(response, dict):
        response = response.get(f"{call.operation}Response", response)
    return answer(replay.model(call.service).operation_model(call.operation).output_shape, response)


def calls():
    for item, inv in invertible():
        print(json.dumps({"id": item.label, "service": inv.call.service, "operation": inv.call.operation, "kwargs": inv.call.kwargs,
                          "output": output_of(item.record, inv.call), "requestId": item.record.get("requestID"),
                          "region": replay.region_of(item.record), "errorCode": item.record.get("errorCode")}, default=tagged))


def score(file):
    ours = {row["id"]: row["record"] for row in map(json.loads, open(file, encoding="utf-8"))}
    rows = []
    for item, inv in invertible():
        record = ours[item.label]
        error = (record["errorCode"].split(".", 1)[-1] if inv.call.service == "ec2" else record["errorCode"], record["errorMessage"]) if "errorCode" in record else None
        got = replay.compare(item.record, record, inv, record["requestID"], error, item.source.startswith(replay.RAW_SOURCES))
        rows.append({"label": item.label, "service": inv.call.service, "style": inv.style, "operation": inv.call.operation, "recorded": True, **got})
    differences = collections.Counter(
        f"{row['operation']} {row['label']} {d['kind']} {d['path']}: {json.dumps(d['original'])[:80]} / {json.dumps(d['ours'])[:80]}" for row in rows for d in row["requestDifferences"])
    responses = [f"{r['operation']} {r['label']} missing {r['response']['missing']} extra {r['response']['extra']}" for r in rows if r["response"] and r["response"]["score"] < 1]
    values = [f"{item.record['eventName']} {item.label} response {d['kind']} {d['path']}: {json.dumps(d['original'])[:60]} / {json.dumps(d['ours'])[:60]}"
              for item, inv in invertible() for d in replay.differences(item.record.get("responseElements"), ours[item.label].get("responseElements"))
              if item.record.get("responseElements") and d["kind"].startswith("wrong")]
    print(json.dumps({"values": values, "total": replay.summary(rows), "differences": list(differences),
                      "responses": responses, "disordered": sorted({f"{r['operation']} {r['label']}" for r in rows if r["order"] not in (None, 1)}),
                      "envelope": sorted({f for r in rows for f in r["envelopeFailures"]})}))


if __name__ == "__main__":
    calls() if sys.argv[1] == "calls" else score(sys.argv[2])
