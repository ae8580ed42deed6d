export { createSignIn } from "./signin.ts";
