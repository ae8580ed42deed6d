import { describe, expect, it } from "vitest";
import { accountId } from "../aws/names.ts";
import { type SignInEvent, type SignInPerson, signInRecord } from "./sign-in.ts";

const account = accountId("123456789012");
const completedAt = Date.UTC(2023, 6, 19, 22, 1, 20);

const paulo: SignInPerson = {
  type: "IAMUser",
  accountId: account,
  principalId: "EXAMPLE6E4XEGITWATV6R",
  arn: `arn:aws:iam::${account}:user/team/Paulo`,
  userName: "Paulo",
  accessKeyId: "ASIAEXAMPLE",
  session: { creationDate: new Date(completedAt), mfaAuthenticated: true, fromConsole: true },
};
const root: SignInPerson = {
  type: "Root",
  accountId: account,
  principalId: account,
  arn: `arn:aws:iam::${account}:root`,
};
const john: SignInPerson = {
  type: "AssumedRole",
  accountId: account,
  principalId: "EXAMPLEUU4MH7OYK5ZCOA:JohnDoe",
  arn: `arn:aws:sts::${account}:assumed-role/roleName/JohnDoe`,
  accessKeyId: "ASIAORIGINAL",
  session: {
    creationDate: new Date(completedAt),
    mfaAuthenticated: false,
    issuer: {
      type: "Role",
      principalId: "EXAMPLEUU4MH7OYK5ZCOA",
      arn: `arn:aws:iam::${account}:role/roleName`,
      accountId: account,
      userName: "roleName",
    },
  },
};
const loginTo = "https://console.aws.amazon.com/console/home";

function recordOf(event: SignInEvent, host = "us-east-1.signin.aws.amazon.com") {
  const request = {
    method: "POST",
    path: "/",
    query: "",
    headers: { host, "user-agent": "Mozilla/5.0" },
    remoteAddress: "192.0.2.0",
    tls: { version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
  };
  return signInRecord(event, request, { completedAt, newId: () => "66c97220-2b7d-43b6-a7a0-EXAMPLEbae9c" });
}

// The examples of AWS's page on sign-in events, as text: the order of members counts.
describe("records of signing in are those of AWS's guide", () => {
  it("a wrong password", () => {
    const record = recordOf({ name: "ConsoleLoginFailed", person: paulo, account, loginTo, mfaUsed: true });
    expect(JSON.stringify(record)).toBe(
      JSON.stringify({
        eventVersion: "1.08",
        userIdentity: {
          type: "IAMUser",
          principalId: "EXAMPLE6E4XEGITWATV6R",
          accountId: account,
          accessKeyId: "",
          userName: "Paulo",
        },
        eventTime: "2023-07-19T22:01:20Z",
        eventSource: "signin.amazonaws.com",
        eventName: "ConsoleLogin",
        awsRegion: "us-east-1",
        sourceIPAddress: "192.0.2.0",
        userAgent: "Mozilla/5.0",
        errorMessage: "Failed authentication",
        requestParameters: null,
        responseElements: { ConsoleLogin: "Failure" },
        additionalEventData: { LoginTo: loginTo, MobileVersion: "No", MFAUsed: "Yes" },
        eventID: "66c97220-2b7d-43b6-a7a0-EXAMPLEbae9c",
        readOnly: false,
        eventType: "AwsConsoleSignIn",
        managementEvent: true,
        recipientAccountId: account,
        eventCategory: "Management",
        tlsDetails: {
          tlsVersion: "TLSv1.3",
          cipherSuite: "TLS_AES_128_GCM_SHA256",
          clientProvidedHostHeader: "us-east-1.signin.aws.amazon.com",
        },
      }),
    );
  });

  it("a sign-in with an MFA device: no key, no session, the device by its serial number", () => {
    const mfaDevice = `arn:aws:iam::${account}:mfa/mfa-device`;
    const { userIdentity, additionalEventData } = recordOf({ name: "ConsoleLogin", person: paulo, loginTo, mfaDevice });
    expect(JSON.stringify(userIdentity)).toBe(
      `{"type":"IAMUser","principalId":"EXAMPLE6E4XEGITWATV6R","arn":"${paulo.arn}","accountId":"${account}","userName":"Paulo"}`,
    );
    expect(JSON.stringify(additionalEventData)).toBe(
      `{"LoginTo":"${loginTo}","MobileVersion":"No","MFAIdentifier":"${mfaDevice}","MFAUsed":"Yes"}`,
    );
  });

  it("root has an empty key, whether it succeeds or not, and its records are in us-east-1", () => {
    const identity = `{"type":"Root","principalId":"${account}","arn":"arn:aws:iam::${account}:root","accountId":"${account}","accessKeyId":""}`;
    const host = "eu-west-1.signin.aws.amazon.com";
    const success = recordOf({ name: "ConsoleLogin", person: root, loginTo }, host);
    const failure = recordOf({ name: "ConsoleLoginFailed", person: root, account, loginTo, mfaUsed: false }, host);
    for (const { userIdentity, awsRegion } of [success, failure])
      expect([JSON.stringify(userIdentity), awsRegion]).toEqual([identity, "us-east-1"]);
    expect(recordOf({ name: "ConsoleLogin", person: paulo, loginTo }, host).awsRegion).toBe("eu-west-1");
  });

  it("a broker's session: the credentials' key asks, the console's is in the answer", () => {
    const token = recordOf({ name: "GetSigninToken", person: john, accessKeyId: "ASIANEW" });
    expect(token.userIdentity).toMatchObject({ accessKeyId: "ASIAORIGINAL", sessionContext: expect.anything() });
    expect(JSON.stringify([token.responseElements, token.additionalEventData])).toBe(
      '[{"credentials":{"accessKeyId":"ASIANEW"},"GetSigninToken":"Success"},{"MobileVersion":"No","MFAUsed":"No"}]',
    );
    const login = recordOf({ name: "ConsoleLogin", person: john });
    expect(login.userIdentity).toEqual(token.userIdentity);
    expect(login.additionalEventData).toEqual({ MobileVersion: "No", MFAUsed: "No" });
  });

  it("roles are switched without a session's context", () => {
    const record = recordOf({ name: "SwitchRole", person: john, switchFrom: paulo.arn, redirectTo: loginTo });
    const { accountId: id, type, principalId, arn } = john;
    expect(JSON.stringify(record.userIdentity)).toBe(JSON.stringify({ type, principalId, arn, accountId: id }));
    expect(record).toMatchObject({ eventName: "SwitchRole", responseElements: { SwitchRole: "Success" } });
    expect(record).not.toHaveProperty("requestID");
  });
});
