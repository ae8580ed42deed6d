"""What boto3 sees of OpenTrail: run with the endpoint as its argument; prints one JSON object."""

import json
import sys
import time

import boto3
import botocore.exceptions

endpoint = sys.argv[1]
session = boto3.session.Session(aws_access_key_id="111122223333", aws_secret_access_key="any", region_name="eu-central-1")


def client(name):
    return session.client(name, endpoint_url=endpoint)


ec2, s3, trail, sts = client("ec2"), client("s3"), client("cloudtrail"), client("sts")

group = ec2.create_security_group(GroupName="web", Description="from boto3")["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=group,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}]}],
)
try:
    ec2.describe_volumes(VolumeIds=["vol-0123456789abcdef0"])
    refused = None
except botocore.exceptions.ClientError as error:
    refused = error.response["Error"]

s3.create_bucket(Bucket="from-boto3", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
s3.put_object(Bucket="from-boto3", Key="käse/1", Body=b"gouda" * 1000, ContentType="text/plain", Metadata={"age": "old"})
got = s3.get_object(Bucket="from-boto3", Key="käse/1", Range="bytes=5-9")
pages = [o["Key"] for p in s3.get_paginator("list_objects_v2").paginate(Bucket="from-boto3") for o in p.get("Contents", [])]

record = None
for _ in range(100):
    events = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "AuthorizeSecurityGroupIngress"}])["Events"]
    if events:
        record = json.loads(events[0]["CloudTrailEvent"])
        break
    time.sleep(0.05)

print(
    json.dumps(
        {
            "identity": sts.get_caller_identity()["Arn"],
            "vpcs": len(ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]),
            "refused": refused,
            "body": got["Body"].read().decode(),
            "contentRange": got["ContentRange"],
            "rangeStatus": got["ResponseMetadata"]["HTTPStatusCode"],
            "metadata": got["Metadata"],
            "keys": pages,
            "record": record,
        }
    )
)
