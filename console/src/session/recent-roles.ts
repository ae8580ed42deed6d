import { readStored, store } from "../stored.ts";
import { spacedAccount } from "./account-id.ts";
import type { Role } from "./api.ts";

export const colours = ["none", "red", "orange", "yellow", "green", "blue"] as const;
export type Colour = (typeof colours)[number];

/** As the AWS console paints roles. */
export const paint: Readonly<Record<Colour, string>> = {
  none: "#9ba7b6",
  red: "#f2b0a9",
  orange: "#fbbf93",
  yellow: "#fad791",
  green: "#b7ca9d",
  blue: "#99bce3",
};

/** A role as one chose to see it. */
export interface RecentRole extends Role {
  readonly colour: Colour;
}

// As many as the AWS console remembers.
const most = 5;
const key = "roles";

export const nameOf = ({ displayName, roleName, account }: Role): string =>
  displayName ?? `${roleName} @ ${spacedAccount(account)}`;

const isSame = (one: Role, other: Role) => one.account === other.account && one.roleName === other.roleName;

/** The roles that this browser switched to, the newest first. */
export function recentRoles(): readonly RecentRole[] {
  const { recent } = readStored<{ recent: readonly RecentRole[] }>(key, { recent: [] });
  return recent;
}

export function rememberRole(role: RecentRole): void {
  store(key, { recent: [role, ...recentRoles().filter((other) => !isSame(other, role))].slice(0, most) });
}

/** The colour that was chosen for a role. */
export function colourOf(role: Role): Colour {
  return recentRoles().find((other) => isSame(other, role))?.colour ?? "none";
}
