export { createInstanceConnect } from "./create.ts";
export { createPushedKeys } from "./pushed-keys.ts";
