"""What is forgotten is gone, to the last version of a mail; what is another tenant's is not touched."""

from cloud.tests.conftest import Cloud
from operate.forget import forget, show
from operate.place import Place
from operate.possessions import possessions


def make(cloud: Cloud, prefix: str) -> None:
    """What stacks leave behind, protected as they do."""
    tables = cloud.client("dynamodb")
    tables.create_table(
        TableName=prefix,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )
    bucket, objects = f"{prefix}-inbox-000000000000", cloud.client("s3")
    objects.create_bucket(Bucket=bucket)
    objects.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        objects.put_object(Bucket=bucket, Key="inbox/mail", Body=body)
    objects.delete_object(Bucket=bucket, Key="inbox/mail")
    cloud.client("secretsmanager").create_secret(Name=f"{prefix}-tenant-key", SecretString="key")
    cloud.client("cognito-idp").create_user_pool(PoolName=f"{prefix}-users", DeletionProtection="ACTIVE")
    cloud.client("kms").create_key(Description=f"Topics of {prefix} to which AWS services publish")
    cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{prefix}-send-invite")


KEPT = ["table", "bucket", "secret", "user pool", "key", "log group"]


def place(cloud: Cloud, tenant: str) -> Place:
    return Place("local", tenant, "", "", cloud.settings)


def test_nothing_is_left_and_the_neighbour_of_a_longer_name_has_everything(cloud: Cloud) -> None:
    make(cloud, "cis-local-gone")
    make(cloud, "cis-local-gone2")
    assert [one.kind for one in possessions(place(cloud, "gone"))] == KEPT
    assert show(place(cloud, "gone")) == 1
    assert forget(place(cloud, "gone")) == []
    assert show(place(cloud, "gone")) == 0
    assert [one.kind for one in possessions(place(cloud, "gone2"))] == KEPT


def test_stacks_go_first_and_what_is_nobodys_is_named(cloud: Cloud) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "cis-local-stacked-event-created"}}
    cloud.deploy("cis-local-stacked-pipeline", {"Topic": topic})
    cloud.client("sqs").create_queue(QueueName="cis-local-stacked-by-hand")
    assert [str(one) for one in forget(place(cloud, "stacked"))] == ["queue cis-local-stacked-by-hand"]
