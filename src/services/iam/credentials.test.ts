import { Secret, TOTP } from "otpauth";
import { expect, test } from "vitest";
import { hashPassword, isPassword, type User, useMfaCode } from "../../identity/index.ts";
import { account } from "../service.fixture.ts";
import { openIam } from "./iam.fixture.ts";

const good = "Correct-Horse-7";

async function withAlice() {
  const all = await openIam();
  const { User } = await all.iam.call("CreateUser", { UserName: "alice" });
  const as = {
    type: "IAMUser",
    accountId: account,
    principalId: User.UserId,
    arn: User.Arn,
    userName: "alice",
  } as const;
  return { ...all, User, as };
}

test("a password is kept as a hash that only it fits", async () => {
  const hashed = await hashPassword(good);
  expect(hashed).not.toContain(good);
  expect(await isPassword(good, hashed)).toBe(true);
  expect(await isPassword(`${good} `, hashed)).toBe(false);
  expect(await hashPassword(good)).not.toBe(hashed);
});

test("a user gets a password, changes it and loses it; nothing tells it", async () => {
  const { iam, state, clock, as } = await withAlice();
  const profile = { UserName: "alice", CreateDate: new Date(clock.now()), PasswordResetRequired: true };
  const create = { UserName: "alice", Password: good, PasswordResetRequired: true };
  expect(await iam.call("CreateLoginProfile", create)).toEqual({ LoginProfile: profile });
  await expect(iam.call("CreateLoginProfile", create)).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    message: "Login Profile for user alice already exists.",
  });
  await expect(iam.call("DeleteUser", { UserName: "alice" })).rejects.toMatchObject({
    message: "Cannot delete entity, must delete login profile first.",
  });
  const change = (OldPassword: string, NewPassword: string) =>
    iam.call("ChangePassword", { OldPassword, NewPassword }, { as });
  await expect(change("wrong", "Other-Horse-8")).rejects.toMatchObject({ code: "AccessDenied" });
  await change(good, "Other-Horse-8");
  expect((await iam.call("GetLoginProfile", { UserName: "alice" })).LoginProfile).toEqual({
    ...profile,
    PasswordResetRequired: false,
  });
  const kept = JSON.stringify(await state.list("iam/"));
  expect(kept).not.toContain(good);
  expect(kept).not.toContain("Other-Horse-8");
  await expect(iam.call("ChangePassword", { OldPassword: good, NewPassword: good })).rejects.toMatchObject({
    code: "InvalidUserType",
  });
  await iam.call("DeleteLoginProfile", { UserName: "alice" });
  await expect(iam.call("UpdateLoginProfile", { UserName: "alice", Password: good })).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: "Login Profile for User alice cannot be found.",
  });
});

test("the account's password policy decides which passwords are allowed, and which were used before", async () => {
  const { iam, as } = await withAlice();
  await expect(iam.call("GetAccountPasswordPolicy")).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `The Password Policy with domain name ${account} cannot be found.`,
  });
  const create = (Password: string) => iam.call("CreateLoginProfile", { UserName: "alice", Password });
  // IAM's own policy: eight characters of three kinds.
  for (const weak of ["short-7", "onlysmallletters"]) {
    await expect(create(weak)).rejects.toMatchObject({ code: "PasswordPolicyViolation" });
  }
  await iam.call("UpdateAccountPasswordPolicy", { MinimumPasswordLength: 14, PasswordReusePrevention: 1 });
  expect((await iam.call("GetAccountPasswordPolicy")).PasswordPolicy).toEqual({
    MinimumPasswordLength: 14,
    RequireSymbols: false,
    RequireNumbers: false,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: false,
    AllowUsersToChangePassword: false,
    ExpirePasswords: false,
    PasswordReusePrevention: 1,
  });
  await expect(create("Short-7-short")).rejects.toMatchObject({ code: "PasswordPolicyViolation" });
  await create("onlysmallletters");
  const again = { OldPassword: "onlysmallletters", NewPassword: "onlysmallletters" };
  await expect(iam.call("ChangePassword", again, { as })).rejects.toMatchObject({ code: "PasswordPolicyViolation" });
  await expect(
    iam.call("UpdateAccountPasswordPolicy", { MinimumPasswordLength: 500, MaxPasswordAge: 5000 }),
  ).rejects.toMatchObject({
    code: "ValidationError",
    message:
      "2 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128; Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095",
  });
  await iam.call("DeleteAccountPasswordPolicy");
  await expect(iam.call("DeleteAccountPasswordPolicy")).rejects.toMatchObject({
    message: "The account policy with name PasswordPolicy cannot be found.",
  });
});

test("a virtual MFA device is enabled with two codes in a row, and its codes are good for one use each", async () => {
  const { iam, state, identity, clock, User } = await withAlice();
  const { seal } = identity;
  const { VirtualMFADevice } = await iam.call("CreateVirtualMFADevice", { VirtualMFADeviceName: "phone" });
  const SerialNumber = `arn:aws:iam::${account}:mfa/phone`;
  const seed = Buffer.from(VirtualMFADevice.Base32StringSeed).toString();
  expect(VirtualMFADevice.SerialNumber).toBe(SerialNumber);
  expect(seed).toMatch(/^[A-Z2-7]{64}$/);
  expect(Buffer.from(VirtualMFADevice.QRCodePNG).subarray(1, 4).toString()).toBe("PNG");
  await expect(iam.call("CreateVirtualMFADevice", { VirtualMFADeviceName: "phone" })).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    message: "MFA device already exists.",
  });

  const totp = new TOTP({ secret: Secret.fromBase32(seed) });
  const code = (steps: number) => totp.generate({ timestamp: clock.now() + steps * 30_000 });
  const device = { UserName: "alice", SerialNumber };
  const enable = (AuthenticationCode1: string, AuthenticationCode2: string) =>
    iam.call("EnableMFADevice", { ...device, AuthenticationCode1, AuthenticationCode2 });
  await expect(enable(code(0), code(0))).rejects.toMatchObject({ code: "InvalidAuthenticationCode", status: 403 });
  await expect(enable(code(0), code(-1))).rejects.toMatchObject({ code: "InvalidAuthenticationCode" });
  await enable(code(-1), code(0));
  await expect(enable(code(-1), code(0))).rejects.toMatchObject({ message: "MFA Device is already in use." });
  expect(await iam.call("ListMFADevices", { UserName: "alice" })).toEqual({
    MFADevices: [{ ...device, EnableDate: new Date(clock.now()) }],
    IsTruncated: false,
  });
  expect((await iam.call("ListVirtualMFADevices", { AssignmentStatus: "Assigned" })).VirtualMFADevices).toMatchObject([
    { SerialNumber, User: { UserName: "alice" } },
  ]);

  const use = (value: string) =>
    useMfaCode({ state, clock, seal }, { account, principalId: User.UserId, serialNumber: SerialNumber, code: value });
  expect(await use(code(0))).toBe(false);
  clock.milliseconds += 60_000;
  const fresh = code(0);
  expect(await use(fresh)).toBe(true);
  expect(await use(fresh)).toBe(false);
  expect(await use("000000")).toBe(false);

  // A device whose clock is five minutes fast is brought in step again.
  clock.milliseconds += 60_000;
  expect(await use(code(10))).toBe(false);
  await iam.call("ResyncMFADevice", { ...device, AuthenticationCode1: code(9), AuthenticationCode2: code(10) });
  clock.milliseconds += 30_000;
  expect(await use(code(10))).toBe(true);

  await expect(iam.call("DeleteVirtualMFADevice", { SerialNumber })).rejects.toMatchObject({ code: "DeleteConflict" });
  await expect(iam.call("DeleteUser", { UserName: "alice" })).rejects.toMatchObject({
    message: "Cannot delete entity, must delete MFA device first.",
  });
  await iam.call("DeactivateMFADevice", device);
  await iam.call("DeleteVirtualMFADevice", { SerialNumber });
  await iam.call("DeleteUser", { UserName: "alice" });
  await expect(iam.call("DeleteVirtualMFADevice", { SerialNumber })).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `MFA Device with serial number ${SerialNumber} does not exist.`,
  });
});

test("a user that is renamed keeps password, device and keys", async () => {
  const { iam, state } = await withAlice();
  await iam.call("CreateLoginProfile", { UserName: "alice", Password: good });
  await iam.call("UpdateUser", { UserName: "alice", NewUserName: "bob" });
  expect((await iam.call("GetLoginProfile", { UserName: "bob" })).LoginProfile.UserName).toBe("bob");
  const bob = (await state.get(`iam/${account}/user/bob`))?.value as unknown as User;
  expect(await isPassword(good, bob.loginProfile?.password ?? "")).toBe(true);
});

// A key of 2,048 bits, made for this test.
const rsaKey =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDiwu2cTL7Vttapy9wmhgFgBww84odjDp1U5P/EEGL8duIR4IEe2QVKB7PrO5BAMc2ot54rjzxl2HkcU4TnSgzsRS1MGUmMabA8xFZH+DGzOrbz0+mbgUAYo4CCU8DNO+bwh6XUor6mCDusATjgsWvolFA0YDIl2d2Yva63vVA+KEEIR9tcetAvciLmShdWN7gAbyfalnVLaOSywg6cr0Kw/UKAynnUsK4eghI2Fw0DZduBmqsTUNFCl4jtupxYZoc3kPvm0cOOCoeF0u6oag6bUSXISWkyS3kV9XlWvWSUKe4bXYl/1dt+NPKBZOOuZqUskGQEgLgmHqlr6xwPGkUl";

test("SSH public keys of a user are kept, told by their fingerprint, and made inactive", async () => {
  const { iam } = await withAlice();
  const upload = (SSHPublicKeyBody: string) => iam.call("UploadSSHPublicKey", { UserName: "alice", SSHPublicKeyBody });
  await expect(upload("not a key")).rejects.toMatchObject({ code: "InvalidPublicKey" });
  const { SSHPublicKey } = await upload(rsaKey);
  expect(SSHPublicKey).toMatchObject({
    UserName: "alice",
    SSHPublicKeyId: expect.stringMatching(/^APKA[A-Z2-7]{17}$/),
    Fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/),
    SSHPublicKeyBody: rsaKey,
    Status: "Active",
  });
  await expect(upload(rsaKey)).rejects.toMatchObject({ code: "DuplicateSSHPublicKey" });
  const key = { UserName: "alice", SSHPublicKeyId: SSHPublicKey.SSHPublicKeyId };
  await iam.call("UpdateSSHPublicKey", { ...key, Status: "Inactive" });
  const pem = (await iam.call("GetSSHPublicKey", { ...key, Encoding: "PEM" })).SSHPublicKey;
  expect(pem.SSHPublicKeyBody).toContain("BEGIN PUBLIC KEY");
  expect((await iam.call("ListSSHPublicKeys", { UserName: "alice" })).SSHPublicKeys).toMatchObject([
    { SSHPublicKeyId: key.SSHPublicKeyId, Status: "Inactive" },
  ]);
  await expect(iam.call("DeleteUser", { UserName: "alice" })).rejects.toMatchObject({
    message: "Cannot delete entity, must remove referenced objects first.",
  });
  await iam.call("DeleteSSHPublicKey", key);
  await expect(iam.call("DeleteSSHPublicKey", key)).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `The Public Key with id ${key.SSHPublicKeyId} cannot be found.`,
  });
});

test("signing certificates are certificates, two to a user", async () => {
  const { iam } = await withAlice();
  const upload = (CertificateBody: string) =>
    iam.call("UploadSigningCertificate", { UserName: "alice", CertificateBody });
  await expect(upload("invalid-certificate-body")).rejects.toMatchObject({
    code: "MalformedCertificate",
    message: "Certificate invalid-certificate-body is malformed.",
  });
  const { Certificate } = await upload(certificate);
  await upload(certificate);
  await expect(upload(certificate)).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "Cannot exceed quota for CertificatesPerUser: 2",
  });
  await iam.call("DeleteSigningCertificate", { UserName: "alice", CertificateId: Certificate.CertificateId });
  expect((await iam.call("ListSigningCertificates", { UserName: "alice" })).Certificates).toHaveLength(1);
});

// Self-signed, made for this test.
const certificate = `-----BEGIN CERTIFICATE-----
MIIDATCCAemgAwIBAgIUNpPDiwA+7cBj5O+KBXcdeCXt7AswDQYJKoZIhvcNAQEL
BQAwEDEOMAwGA1UEAwwFYWxpY2UwHhcNMjYxMTIyMjM0ODMzWhcNMzYxMTE5MjM0
ODMzWjAQMQ4wDAYDVQQDDAVhbGljZTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCC
AQoCggEBAKpEvvVIsU+jEdWCVZ94NJlxYt2FxkORRH/QX98OdbzMX6LtaT8BNtLW
ym53CVuv5A31fCqVrF6egi/m3J3PN9dwI+U8AWcpPFU7mUOcR4uUf3+BLbm4lwEf
JkWN0sr3uTvXbHabhyMs/eaDl2EQHcTmeyhYHOICcUjCBI2iGGpw5dYx3pX2P3Bd
2rKetkGJFIusC+Tr4VJk+6xmxy/6fALm14fFNogVPmQ6ETPxM6tnr7GGarhdFVkA
B64S8R9Jzc22/but0Z13D6b9Rk1jnrhQxITCD+4yLwL6kJq5/x8nhX2eHaIQ6VzE
JQILaZ8yvbliulRRrw2zYj+lCoF9dHECAwEAAaNTMFEwHQYDVR0OBBYEFB7QRBOd
lrl6wEHnx2UbbeuIlwPlMB8GA1UdIwQYMBaAFB7QRBOdlrl6wEHnx2UbbeuIlwPl
MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAA91sdTHq5Ig7ejX
WIjg0PJMNj2jxkNyT8VepJNkM3aW5wcq5H634ypVqegOgE+DtNaeAJAGlYP8LBv3
gpo8PfgieztBsCFuMVA6+o4BW1uG26FaFgpI+fDLR1fhUZGvGpbPYcQNcYE5okgJ
ox0u4wpzdMIDa7oRsrKULBxw05Nx+tNYUGeb5gNMnYzMg529xrW5KH4xVIjXHk2R
RK5HF0DxBE1gTdvOpy7xah2PrHrLiAlVNdKAFaLVqiv2A47uBYv/o99kBHHAoaZQ
STZGqkWIp6Sjj5GEeMPcQ49ZTNbeds2yC5y/0cf5XPkmjh6e3hQAO1xGGwFhePgL
WiWTt60=
-----END CERTIFICATE-----`;
