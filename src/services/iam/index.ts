export { createIam } from "./iam.ts";
export { managedPolicyDocuments } from "./managed-policies.ts";
