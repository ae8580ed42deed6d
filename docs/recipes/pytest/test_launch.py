import boto3


def test_a_launch_is_on_record(aws_endpoint, lookup):
    ec2 = boto3.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]

    (record,) = lookup(EventName="RunInstances")
    assert record["eventSource"] == "ec2.amazonaws.com"
    assert record["requestParameters"]["instancesSet"]["items"][0]["imageId"] == image
    assert record["responseElements"]["instancesSet"]["items"][0]["instanceId"] == instance


def test_what_is_refused_is_on_record_too(aws_endpoint, lookup):
    ec2 = boto3.client("ec2")
    try:
        ec2.terminate_instances(InstanceIds=["i-0123456789abcdef0"])
    except ec2.exceptions.ClientError:
        pass
    (record,) = lookup(EventName="TerminateInstances")
    assert record["errorCode"] == "Client.InvalidInstanceID.NotFound"
