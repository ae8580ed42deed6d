export { createInstanceConnect } from "./create.ts";
