"""Calls services that OpenTrail has no model of; prints their records as one JSON object."""

import json
import sys
import time

import boto3
import botocore.exceptions

endpoint = sys.argv[1]
client = lambda name: boto3.client(name, endpoint_url=endpoint)

dynamodb = client("dynamodb")
dynamodb.create_table(
    TableName="cheese",
    KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
dynamodb.put_item(TableName="cheese", Item={"Id": {"S": "1"}, "recipe": {"S": "s3cr3t"}})
assert dynamodb.get_item(TableName="cheese", Key={"Id": {"S": "1"}})["Item"]["recipe"]["S"] == "s3cr3t"
sqs = client("sqs")
queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
sqs.send_message(QueueUrl=queue, MessageBody="s3cr3t")
assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "s3cr3t"
try:
    sqs.get_queue_url(QueueName="none")
except botocore.exceptions.ClientError:
    pass
kms = client("kms")
key = kms.create_key()["KeyMetadata"]["KeyId"]
kms.encrypt(KeyId=key, Plaintext=b"s3cr3t")
secrets = client("secretsmanager")
secrets.create_secret(Name="shown", SecretString="s3cr3t")
assert secrets.get_secret_value(SecretId="shown")["SecretString"] == "s3cr3t"
ssm = client("ssm")
ssm.put_parameter(Name="/shown", Value="s3cr3t", Type="SecureString")
client("lambda").list_functions()

trail, last = client("cloudtrail"), "ListFunctions20150331"
records = {}
for _ in range(100):
    for event in trail.lookup_events(MaxResults=50)["Events"]:
        record = json.loads(event["CloudTrailEvent"])
        records.setdefault(f"{record['eventSource'].split('.')[0]} {record['eventName']}", record)
    if f"lambda {last}" in records:
        break
    time.sleep(0.05)
print(json.dumps(records))
