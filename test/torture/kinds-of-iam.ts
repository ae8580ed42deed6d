import type { Kind } from "./kind.ts";
import { type Answer, element } from "./wire.ts";

const trust = (n: number) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: `n${n}`, Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  });
const policyDocument = (n: number) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: `n${n}`, Effect: "Allow", Action: "ec2:*", Resource: "*" }],
  });
const sidIn = ({ text }: Answer) => /Sid%22%3A%22(n\d+)%22/i.exec(text)?.[1];
const userPath = (id: string) => id.split(" ") as [user: string, key: string];

export const kindsOfIam: readonly Kind[] = [
  {
    name: "user",
    named: (n) => `user-${n}`,
    make: async (wire, UserName) => {
      await wire.query("iam", "CreateUser", { UserName, "Tags.member.1.Key": "n", "Tags.member.1.Value": "0" });
      return UserName;
    },
    made: "0",
    look: async (wire, UserName) => element("Value", await wire.query("iam", "GetUser", { UserName })),
    change: (wire, UserName, n) =>
      wire.query("iam", "TagUser", { UserName, "Tags.member.1.Key": "n", "Tags.member.1.Value": String(n) }),
    changed: String,
    remove: (wire, UserName) => wire.query("iam", "DeleteUser", { UserName }),
  },
  {
    name: "access key",
    make: async (wire, name) => {
      const UserName = `keys-${name}`;
      await wire.query("iam", "CreateUser", { UserName });
      return `${UserName} ${element("AccessKeyId", await wire.query("iam", "CreateAccessKey", { UserName }))}`;
    },
    made: "Active",
    look: async (wire, id) => {
      const [UserName, key] = userPath(id);
      const answer = await wire.query("iam", "ListAccessKeys", { UserName });
      return answer.text.includes(key) ? element("Status", answer) : undefined;
    },
    change: (wire, id, n) => {
      const [UserName, AccessKeyId] = userPath(id);
      return wire.query("iam", "UpdateAccessKey", { UserName, AccessKeyId, Status: n % 2 ? "Inactive" : "Active" });
    },
    changed: (n) => (n % 2 ? "Inactive" : "Active"),
    remove: (wire, id) => {
      const [UserName, AccessKeyId] = userPath(id);
      return wire.query("iam", "DeleteAccessKey", { UserName, AccessKeyId });
    },
  },
  {
    name: "role",
    named: (n) => `role-${n}`,
    make: async (wire, RoleName) => {
      await wire.query("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument: trust(0) });
      return RoleName;
    },
    made: "n0",
    look: async (wire, RoleName) => sidIn(await wire.query("iam", "GetRole", { RoleName })),
    change: (wire, RoleName, n) => wire.query("iam", "UpdateAssumeRolePolicy", { RoleName, PolicyDocument: trust(n) }),
    changed: (n) => `n${n}`,
    remove: (wire, RoleName) => wire.query("iam", "DeleteRole", { RoleName }),
  },
  {
    name: "policy of a user",
    named: (n) => `owner-${n}`,
    make: async (wire, UserName) => {
      await wire.query("iam", "CreateUser", { UserName });
      await wire.query("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument: policyDocument(0) });
      return UserName;
    },
    made: "n0",
    look: async (wire, UserName) => sidIn(await wire.query("iam", "GetUserPolicy", { UserName, PolicyName: "own" })),
    change: (wire, UserName, n) =>
      wire.query("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument: policyDocument(n) }),
    changed: (n) => `n${n}`,
    remove: (wire, UserName) => wire.query("iam", "DeleteUserPolicy", { UserName, PolicyName: "own" }),
  },
  {
    name: "managed policy",
    named: (n) => `policy-${n}`,
    make: async (wire, PolicyName) => {
      await wire.query("iam", "CreatePolicy", { PolicyName, PolicyDocument: policyDocument(0) });
      return PolicyName;
    },
    made: "there",
    look: async (wire, name) => {
      await wire.query("iam", "GetPolicy", { PolicyArn: `arn:aws:iam::123456789012:policy/${name}` });
      return "there";
    },
    remove: (wire, name) =>
      wire.query("iam", "DeletePolicy", { PolicyArn: `arn:aws:iam::123456789012:policy/${name}` }),
  },
];
