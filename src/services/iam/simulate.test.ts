// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this.
import { expect, test } from "vitest";
import { account } from "../service.fixture.ts";
import { openIam } from "./iam.fixture.ts";

const look = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "ec2:Describe*",
            "Resource": "*"
        },
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]
}`;

async function setUp() {
  const { iam } = await openIam();
  await iam.call("CreateUser", { UserName: "alejandro" });
  await iam.call("PutUserPolicy", { UserName: "alejandro", PolicyName: "look", PolicyDocument: look });
  return { iam, arn: `arn:aws:iam::${account}:user/alejandro` };
}

test("a user's policies are tried out, and the statement that decided is named with its place", async () => {
  const { iam, arn } = await setUp();
  const ActionNames = ["ec2:DescribeVpcs", "ec2:RunInstances"];
  const { EvaluationResults, IsTruncated } = await iam.call("SimulatePrincipalPolicy", {
    PolicySourceArn: arn,
    ActionNames,
    ContextEntries: [{ ContextKeyName: "aws:SecureTransport", ContextKeyType: "boolean", ContextKeyValues: ["true"] }],
  });
  expect(IsTruncated).toBe(false);
  expect(EvaluationResults).toEqual([
    {
      EvalActionName: "ec2:DescribeVpcs",
      EvalResourceName: "*",
      EvalDecision: "allowed",
      MatchedStatements: [
        {
          SourcePolicyId: "look",
          SourcePolicyType: "user",
          StartPosition: { Line: 3, Column: 19 },
          EndPosition: { Line: 8, Column: 10 },
        },
      ],
      MissingContextValues: [],
      ResourceSpecificResults: [],
    },
    expect.objectContaining({
      EvalActionName: "ec2:RunInstances",
      EvalDecision: "implicitDeny",
      MatchedStatements: [],
    }),
  ]);
});

test("what a policy asks for and the simulation doesn't say is missing", async () => {
  const { iam, arn } = await setUp();
  const { EvaluationResults } = await iam.call("SimulatePrincipalPolicy", {
    PolicySourceArn: arn,
    ActionNames: ["ec2:DescribeVpcs"],
  });
  expect(EvaluationResults[0].MissingContextValues).toEqual(["aws:SecureTransport"]);
  expect(await iam.call("GetContextKeysForPrincipalPolicy", { PolicySourceArn: arn })).toEqual({
    ContextKeyNames: ["aws:SecureTransport"],
  });
});

test("policies that nobody has yet are tried out, with a boundary and a resource's policy", async () => {
  const { iam } = await setUp();
  const policy = (Effect: string, Action: string, more = {}) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect, Action, Resource: "*", ...more } });
  const simulate = async (more: object) => {
    const input = { PolicyInputList: [policy("Allow", "s3:*")], ActionNames: ["s3:GetObject"], ...more };
    const { EvaluationResults } = await iam.call("SimulateCustomPolicy", input);
    return EvaluationResults[0];
  };
  expect(await simulate({})).toMatchObject({ EvalDecision: "allowed" });
  expect(await simulate({ PermissionsBoundaryPolicyInputList: [policy("Allow", "ec2:*")] })).toMatchObject({
    EvalDecision: "implicitDeny",
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
  const ResourceArns = ["arn:aws:s3:::bucket/key"];
  const ResourcePolicy = policy("Deny", "s3:*", { Principal: "*" });
  expect(await simulate({ ResourceArns, ResourcePolicy })).toMatchObject({
    EvalDecision: "explicitDeny",
    MatchedStatements: [{ SourcePolicyId: "ResourcePolicy", SourcePolicyType: "resource" }],
    ResourceSpecificResults: [{ EvalResourceName: "arn:aws:s3:::bucket/key", EvalResourceDecision: "explicitDeny" }],
  });
  const keys = [policy("Allow", "s3:*", { Condition: { StringLike: { "s3:prefix": "${aws:username}/*" } } })];
  expect(await iam.call("GetContextKeysForCustomPolicy", { PolicyInputList: keys })).toEqual({
    ContextKeyNames: ["aws:username", "s3:prefix"],
  });
  await expect(simulate({ PolicyInputList: ["{"] })).rejects.toMatchObject({ code: "InvalidInput" });
});

test("nobody is no user, group or role", async () => {
  const { iam } = await setUp();
  const simulate = (PolicySourceArn: string) =>
    iam.call("SimulatePrincipalPolicy", { PolicySourceArn, ActionNames: ["s3:GetObject"] });
  await expect(simulate(`arn:aws:iam::${account}:user/nobody`)).rejects.toMatchObject({ code: "NoSuchEntity" });
  await expect(simulate(`arn:aws:iam::${account}:policy/p`)).rejects.toMatchObject({ code: "InvalidInput" });
});
