import { constants, createHash, publicEncrypt } from "node:crypto";
import type {
  GetConsoleOutputCommandInput,
  GetConsoleOutputCommandOutput,
  GetPasswordDataCommandInput,
  GetPasswordDataCommandOutput,
} from "@aws-sdk/client-ec2";
import sshpk from "sshpk";
import { keyPairs } from "../key-pairs/kinds.ts";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { required } from "../mechanism/errors.ts";
import type { Scope } from "../mechanism/scope.ts";
import { type InstanceResource, instances } from "./kinds.ts";

const GetConsoleOutput: Read<GetConsoleOutputCommandInput, Output<GetConsoleOutputCommandOutput>> = (input, scope) => {
  const instance = scope.find(instances, required(input.InstanceId, "InstanceId"));
  const text = `${instance.id} is an instance of OpenTrail: nothing runs in it, so its console has no more to say.\r\n`;
  return {
    InstanceId: instance.id,
    Output: Buffer.from(text).toString("base64"),
    Timestamp: new Date(instance.launchedAt),
  };
};

/** The administrator's password, which only the key pair's private key opens; "" where there is none, as on Linux. */
function passwordOf({ id, facts }: InstanceResource, scope: Scope): string {
  const [pair] = facts.KeyName === undefined ? [] : scope.by(keyPairs, "name", facts.KeyName);
  if (facts.Platform?.toLowerCase() !== "windows" || pair?.type !== "rsa") return "";
  const password = createHash("sha256").update(`password of ${id}`).digest("base64url").slice(0, 32);
  const key = sshpk.parseKey(pair.publicKey, "ssh").toString("pkcs8");
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password)).toString("base64");
}

const GetPasswordData: Read<GetPasswordDataCommandInput, Output<GetPasswordDataCommandOutput>> = (input, scope) => {
  const instance = scope.find(instances, required(input.InstanceId, "InstanceId"));
  return {
    InstanceId: instance.id,
    PasswordData: passwordOf(instance, scope),
    Timestamp: new Date(instance.launchedAt),
  };
};

export const instanceConsoleActions: Actions = { reads: { GetConsoleOutput, GetPasswordData } };
