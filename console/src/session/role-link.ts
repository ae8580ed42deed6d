import { type Colour, colours, paint } from "./recent-roles.ts";

/** What a link says of the role that whoever follows it is to switch to; what it leaves out is empty. */
export interface LinkedRole {
  readonly account: string;
  readonly roleName: string;
  readonly displayName: string;
  readonly colour: Colour;
}

const path = "/console/switchrole";

/**
 * Reads a link to switch to a role, whose parameters are those of `https://signin.aws.amazon.com/switchrole`; undefined
 * where the address is none.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html
 */
export function roleInLink({ pathname, search }: Pick<Location, "pathname" | "search">): LinkedRole | undefined {
  if (pathname !== path) return undefined;
  const parameters = new URLSearchParams(search);
  const given = (name: string) => parameters.get(name)?.trim() ?? "";
  const painted = given("color").replace(/^#/, "").toLowerCase();
  return {
    account: given("account"),
    roleName: given("roleName"),
    displayName: given("displayName"),
    colour: colours.find((colour) => colour === painted || paint[colour] === `#${painted}`) ?? "none",
  };
}
