import { AwsError } from "../../aws/error.ts";
import type { Handler, Handlers } from "../service.ts";
import { absentHandlers } from "./absent.ts";
import { accessKeyHandlers } from "./access-keys.ts";
import { accountHandlers } from "./account.ts";
import { attachedPolicyHandlers } from "./attached-policies.ts";
import { authorizationDetailHandlers } from "./authorization-details.ts";
import { checkMembers } from "./constraints.ts";
import { credentialReportHandlers } from "./credential-report.ts";
import { groupHandlers } from "./groups.ts";
import { inlinePolicyHandlers } from "./inline-policies.ts";
import { instanceProfileHandlers } from "./instance-profiles.ts";
import { loginProfileHandlers } from "./login-profiles.ts";
import { mfaDeviceHandlers } from "./mfa-devices.ts";
import { oidcProviderHandlers } from "./oidc-providers.ts";
import { outboundFederationHandlers } from "./outbound-federation.ts";
import { passwordPolicyHandlers } from "./password-policy.ts";
import { permissionsBoundaryHandlers } from "./permissions-boundaries.ts";
import { policyHandlers } from "./policies.ts";
import { policyVersionHandlers } from "./policy-versions.ts";
import { roleHandlers } from "./roles.ts";
import { samlProviderHandlers } from "./saml-providers.ts";
import { serviceLinkedRoleHandlers } from "./service-linked-roles.ts";
import { signingCertificateHandlers } from "./signing-certificates.ts";
import { simulationHandlers } from "./simulate.ts";
import { sshPublicKeyHandlers } from "./ssh-public-keys.ts";
import type { IamParts } from "./store.ts";
import { tagHandlers } from "./tags.ts";
import { userHandlers } from "./users.ts";

// Calls that change the same thing at once take turns, as far as this many turns suffice.
const turns = 20;

function inTurn(action: string, handler: Handler<never, object>): Handler<never, object> {
  return async (input, call) => {
    checkMembers(action, input);
    for (let turn = 1; ; turn++) {
      try {
        return await handler(input, call);
      } catch (error) {
        const again = error instanceof AwsError && error.code === "ConcurrentModification" && turn < turns;
        if (!again) throw error;
      }
    }
  };
}

/** AWS Identity and Access Management: who there is in an account, and which policies speak for them. */
export function createIam(parts: IamParts): Handlers {
  const handlers: Handlers = {
    ...userHandlers(parts),
    ...accessKeyHandlers(parts),
    ...loginProfileHandlers(parts),
    ...passwordPolicyHandlers(parts),
    ...mfaDeviceHandlers(parts),
    ...sshPublicKeyHandlers(parts),
    ...signingCertificateHandlers(parts),
    ...groupHandlers(parts),
    ...roleHandlers(parts),
    ...serviceLinkedRoleHandlers(parts),
    ...instanceProfileHandlers(parts),
    ...policyHandlers(parts),
    ...policyVersionHandlers(parts),
    ...attachedPolicyHandlers(parts),
    ...inlinePolicyHandlers(parts),
    ...permissionsBoundaryHandlers(parts),
    ...samlProviderHandlers(parts),
    ...oidcProviderHandlers(parts),
    ...outboundFederationHandlers(parts),
    ...tagHandlers(parts),
    ...accountHandlers(parts),
    ...authorizationDetailHandlers(parts),
    ...credentialReportHandlers(parts),
    ...simulationHandlers(parts),
    ...absentHandlers,
  };
  return Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, inTurn(name, handler)]));
}
