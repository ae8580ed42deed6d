export { createIam } from "./iam.ts";
