export { createConsoleSessions } from "./console-sessions.ts";
export { createSignIn } from "./signin.ts";
