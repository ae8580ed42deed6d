"""OpenTrail in front of moto for a test run: point boto3 at `aws_endpoint`, then look up what was recorded."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

import pytest
from moto.server import ThreadedMotoServer

OPENTRAIL = os.environ.get("OPENTRAIL", "opentrail")  # the command: on the path, or the one in a clone


@pytest.fixture(scope="session")
def opentrail():
    """A server of this test run's own, in front of a moto of its own; gives its URL."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    data = tempfile.mkdtemp(prefix="opentrail-")
    process = subprocess.Popen(
        [OPENTRAIL, "start", "--port", "0", "--data", data, "--upstream", f"http://{host}:{port}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    ready = next((found for line in process.stdout if (found := re.match(r"OpenTrail is ready on (\S+)", line))), None)
    assert ready, "OpenTrail did not start"
    yield ready[1]
    process.terminate()
    process.wait(30)
    moto.stop()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def aws_endpoint(opentrail, monkeypatch):
    """Where boto3 goes in this test, with keys that any emulator takes."""
    for name, value in {
        "AWS_ENDPOINT_URL": opentrail,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    return opentrail


@pytest.fixture
def lookup(opentrail):
    """The records of this test, newest first: `lookup(EventName="RunInstances")`; waits until there is one."""
    begun = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def records(wait=10, **terms):
        query = urllib.parse.urlencode({**terms, "start": begun, "limit": 1000})
        deadline = time.monotonic() + wait
        while True:
            with urllib.request.urlopen(f"{opentrail}/_opentrail/events?{query}") as answer:
                found = [json.loads(line)["record"] for line in answer if line.strip()]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.1)

    return records
