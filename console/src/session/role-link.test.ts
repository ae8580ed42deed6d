import { expect, it } from "vitest";
import { roleInLink } from "./role-link.ts";

it("a link of AWS's, led here, says which role one is to switch to", () => {
  const search = "?account=123456789012&roleName=team%2FAuditor&displayName=Audit%20EU&color=F2B0A9";
  expect(roleInLink({ pathname: "/console/switchrole", search })).toEqual({
    account: "123456789012",
    roleName: "team/Auditor",
    displayName: "Audit EU",
    colour: "red",
  });
  expect(roleInLink({ pathname: "/console/switchrole", search: "?roleName=ops&color=puce" })).toEqual({
    account: "",
    roleName: "ops",
    displayName: "",
    colour: "none",
  });
  expect(roleInLink({ pathname: "/console/events", search })).toBeUndefined();
});
