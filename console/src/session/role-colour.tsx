import { type Colour, paint } from "./recent-roles.ts";

/** A square in the colour that somebody gave a role, as an icon. */
export function RoleColour({ colour }: { readonly colour: Colour }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <rect x="1" y="1" width="14" height="14" rx="2" fill={paint[colour]} />
    </svg>
  );
}
