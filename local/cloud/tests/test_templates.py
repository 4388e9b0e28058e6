"""What templates of this system need of CloudFormation."""

import json
import random
import ssl
import urllib.request

import pytest
from botocore.exceptions import ClientError

from .conftest import Cloud, eventually


def test_a_receipt_rule_stands_in_its_set_in_the_order_given(cloud: Cloud) -> None:
    def rule(name: str, **more: object) -> dict:
        return {
            "Type": "AWS::SES::ReceiptRule",
            "Properties": {
                "RuleSetName": {"Ref": "Set"},
                "Rule": {"Name": name, "Enabled": True, "Recipients": [f"{name}.test"], "ScanEnabled": True},
                **more,
            },
        }

    resources = {
        "Set": {"Type": "AWS::SES::ReceiptRuleSet", "Properties": {"RuleSetName": "rules"}},
        "First": rule("first"),
        "Last": rule("last", After={"Ref": "First"}),
        "Middle": {**rule("middle", After={"Ref": "First"}), "DependsOn": "Last"},
    }
    cloud.deploy("rules", resources)
    ses = cloud.client("ses")
    assert names_of_rules(ses) == ["first", "middle", "last"]

    resources["Last"]["Properties"]["Rule"]["Enabled"] = False
    del resources["Middle"]
    cloud.deploy("rules", resources)
    rules = ses.describe_receipt_rule_set(RuleSetName="rules")["Rules"]
    assert [(rule["Name"], rule["Enabled"]) for rule in rules] == [("first", True), ("last", False)]

    cloud.client("cloudformation").delete_stack(StackName="rules")
    with pytest.raises(ClientError, match="RuleSetDoesNotExist"):
        for _ in range(100):
            names_of_rules(ses)


@pytest.mark.parametrize("seed", range(3))
def test_tenants_that_come_and_go_in_any_order_never_take_another_ones_rule(cloud: Cloud, seed: int) -> None:
    """As our stacks do: the account's set, and for each tenant a stack with one named rule, at the front."""
    chance, account = random.Random(seed), f"account{seed}"
    cloud.deploy(account, {"Set": {"Type": "AWS::SES::ReceiptRuleSet", "Properties": {"RuleSetName": account}}})
    ses = cloud.client("ses")
    ses.set_active_receipt_rule_set(RuleSetName=account)
    tenants, standing = [f"tenant{seed}{letter}" for letter in "abcd"], set[str]()
    for _ in range(12):
        tenant = chance.choice(tenants)
        if tenant in standing:
            standing.remove(tenant)
            delete(cloud, tenant)
        else:
            standing.add(tenant)
            rule = {"Name": tenant, "Enabled": True, "Recipients": [f"{tenant}.test"], "ScanEnabled": True}
            properties = {"RuleSetName": account, "Rule": rule}
            cloud.deploy(tenant, {"Rule": {"Type": "AWS::SES::ReceiptRule", "Properties": properties}})
        active = ses.describe_active_receipt_rule_set()
        assert active["Metadata"]["Name"] == account
        assert {rule["Name"]: rule["Recipients"] for rule in active["Rules"]} == {
            name: [f"{name}.test"] for name in standing
        }


def delete(cloud: Cloud, stack: str) -> None:
    cloud.client("cloudformation").delete_stack(StackName=stack)
    listed = cloud.client("cloudformation").get_paginator("list_stacks")

    def is_gone() -> bool:
        stacks = [one for page in listed.paginate() for one in page["StackSummaries"] if one["StackName"] == stack]
        return all(one["StackStatus"] == "DELETE_COMPLETE" for one in stacks)

    eventually(is_gone)


def test_a_global_table_keeps_points_in_time_as_its_template_says(cloud: Cloud) -> None:
    def table(**more: object) -> dict:
        return {
            "Table": {
                "Type": "AWS::DynamoDB::GlobalTable",
                "Properties": {
                    "TableName": "points",
                    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                    "BillingMode": "PAY_PER_REQUEST",
                    "Replicas": [{"Region": "us-east-1", **more}],
                },
            }
        }

    def status() -> str:
        described = cloud.client("dynamodb").describe_continuous_backups(TableName="points")
        recovery = described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return recovery["PointInTimeRecoveryStatus"]

    cloud.deploy("points", table(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}))
    assert status() == "ENABLED"
    cloud.deploy("points", table())
    assert status() == "DISABLED"


def names_of_rules(ses: object) -> list[str]:
    return [rule["Name"] for rule in ses.describe_receipt_rule_set(RuleSetName="rules")["Rules"]]


def test_an_identity_tells_its_three_dkim_records(cloud: Cloud) -> None:
    identity = {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "dkim.test"}}
    outputs = cloud.deploy(
        "identity",
        {"Identity": identity},
        {
            f"{kind}{number}": {"Fn::GetAtt": ["Identity", f"DkimDNSToken{kind}{number}"]}
            for kind in ("Name", "Value")
            for number in (1, 2, 3)
        },
    )
    assert all(outputs[f"Name{number}"].endswith("._domainkey.dkim.test") for number in (1, 2, 3))
    assert len(set(outputs.values())) == 6


def test_the_reference_to_a_secret_is_its_arn_and_survives_an_update(cloud: Cloud) -> None:
    resources = {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "a-key", "SecretString": "one"}}
    }
    before = cloud.deploy("secret", resources, {"Ref": {"Ref": "Secret"}})["Ref"]
    assert before.startswith("arn:aws:secretsmanager:us-east-1:000000000000:secret:a-key-")
    resources["Secret"]["Properties"]["SecretString"] = "two"
    assert cloud.deploy("secret", resources, {"Ref": {"Ref": "Secret"}})["Ref"] == before
    assert cloud.client("secretsmanager").get_secret_value(SecretId=before)["SecretString"] == "two"


def test_an_api_with_a_jwt_authorizer_believes_its_own_pool_and_nobody_else(cloud: Cloud) -> None:
    outputs = cloud.deploy(
        "api",
        {
            "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "pool"}},
            "Client": {
                "Type": "AWS::Cognito::UserPoolClient",
                "Properties": {"UserPoolId": {"Ref": "Pool"}, "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]},
            },
            "Api": {
                "Type": "AWS::ApiGatewayV2::Api",
                "Properties": {
                    "Name": "api",
                    "ProtocolType": "HTTP",
                    "CorsConfiguration": {"AllowOrigins": ["https://people.test"], "AllowMethods": ["GET"]},
                },
            },
            "Stage": {
                "Type": "AWS::ApiGatewayV2::Stage",
                "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
            },
            "Authorizer": {
                "Type": "AWS::ApiGatewayV2::Authorizer",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "Name": "jwt",
                    "AuthorizerType": "JWT",
                    "IdentitySource": ["$request.header.Authorization"],
                    "JwtConfiguration": {
                        "Audience": [{"Ref": "Client"}],
                        "Issuer": {"Fn::GetAtt": ["Pool", "ProviderURL"]},
                    },
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "api",
                    "AssumeRolePolicyDocument": json.loads(TRUST),
                },
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": "api",
                    "Runtime": "python3.11",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": "def handler(event, context):\n    return {'statusCode': 200, 'body': 'in'}\n"},
                },
            },
            "Permission": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "Action": "lambda:InvokeFunction",
                    "Principal": "apigateway.amazonaws.com",
                },
            },
            "Integration": {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "IntegrationType": "AWS_PROXY",
                    "IntegrationUri": {"Fn::GetAtt": ["Function", "Arn"]},
                    "PayloadFormatVersion": "2.0",
                },
            },
            "Route": {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "RouteKey": "GET /in",
                    "Target": {"Fn::Sub": "integrations/${Integration}"},
                    "AuthorizationType": "JWT",
                    "AuthorizerId": {"Ref": "Authorizer"},
                },
            },
        },
        {"Api": {"Ref": "Api"}, "Pool": {"Ref": "Pool"}, "Client": {"Ref": "Client"}},
    )
    token = token_of(cloud, outputs["Pool"], outputs["Client"])
    url = f"{cloud.settings.cloud_url}/_aws/execute-api/{outputs['Api']}/in"

    assert ask(cloud, url, {"Authorization": f"Bearer {token}"})[0] == 200
    assert ask(cloud, url, {"Authorization": f"Bearer {token[:-6]}AAAAAA"})[0] == 401
    assert ask(cloud, url, {})[0] == 401
    status, headers = ask(cloud, url, {"Origin": "https://people.test"}, method="OPTIONS")
    assert (status, headers["Access-Control-Allow-Origin"]) == (204, "https://people.test")
    assert ask(cloud, url, {"Origin": "https://strangers.test"}, method="OPTIONS")[0] == 403


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def token_of(cloud: Cloud, pool: str, client: str) -> str:
    cognito = cloud.client("cognito-idp")
    cognito.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="ann", Password="Long-enough-9", Permanent=True)
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": "Long-enough-9"},
    )
    return signed_in["AuthenticationResult"]["IdToken"]


def ask(cloud: Cloud, url: str, headers: dict[str, str], method: str = "GET") -> tuple[int, dict[str, str]]:
    context = ssl.create_default_context(cafile=str(cloud.settings.certificate))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(urllib.request.Request(url, headers=headers, method=method)) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)
