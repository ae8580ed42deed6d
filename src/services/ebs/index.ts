export { createEbs } from "./create.ts";
