import type { ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import type { TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { hrefOfAll } from "../events/view.ts";
import { spacedAccount } from "./account-id.ts";
import type { Session } from "./api.ts";
import { colourOf, nameOf, recentRoles } from "./recent-roles.ts";
import { chooseRegion } from "./region.ts";
import { regionNames } from "./regions.ts";
import { becomeAgain, copyAccount, goBack, leave } from "./role-actions.tsx";
import { RoleColour } from "./role-colour.tsx";
import { text } from "./role-words.ts";

/** The Region that is chosen, and the others by their part of the world. */
export function regionMenu(region: string): TopNavigationProps.Utility {
  const names = regionNames();
  const city = names.find(({ id }) => id === region)?.city ?? region;
  const areas = [...new Set(names.map(({ area }) => area))];
  return {
    type: "menu-dropdown",
    text: city,
    title: text().region,
    items: areas.map((area) => ({
      text: area,
      items: names
        .filter((each) => each.area === area)
        .map(({ id, city: name }) => ({
          id,
          text: name,
          secondaryText: id,
          itemType: "checkbox",
          checked: id === region,
        })),
    })),
    onItemClick: ({ detail }) => chooseRegion(detail.id),
  };
}

const at = (name: string, account: string) => `${name} @ ${spacedAccount(account)}`;

interface UserMenuProps {
  readonly session: Session | undefined;
  readonly onSignIn: () => void;
  readonly onSwitchRole: () => void;
  readonly onFollow: (href: string) => void;
}

/** Who is signed in, and what they can do about that. */
export function userMenu({ session, onSignIn, onSwitchRole, onFollow }: UserMenuProps): TopNavigationProps.Utility {
  if (!session) return { type: "button", variant: "link", text: text().signIn, onClick: onSignIn };
  const { account, userName, role } = session;
  const recent = recentRoles();
  const shown = role ? (role.displayName ?? at(`${role.roleName}/${userName}`, account)) : at(userName, account);
  const actions: Readonly<Record<string, () => void>> = {
    copy: () => copyAccount(session),
    mine: () => onFollow(hrefOfAll("Username", userName)),
    switch: onSwitchRole,
    back: goBack,
    leave,
    ...Object.fromEntries(recent.map((one, index) => [`role-${index}`, () => becomeAgain(one)])),
  };
  const items: ButtonDropdownProps.ItemOrGroup[] = [
    {
      text: role ? `${text().active}: ${role.roleName}` : `${text().signedInAs}: ${userName}`,
      items: [
        { id: "copy", text: text().copyAccount, secondaryText: spacedAccount(account), iconName: "copy" },
        { id: "mine", text: text().mine },
      ],
    },
    {
      ...(role && { text: `${text().signedInAs}: ${at(role.signedInAs.userName, role.signedInAs.account)}` }),
      items: [...(role ? [{ id: "back", text: text().switchBack }] : []), { id: "switch", text: text().switchRole }],
    },
    ...(recent.length > 0
      ? [
          {
            text: text().history,
            items: recent.map((one, index) => ({
              id: `role-${index}`,
              text: nameOf(one),
              iconSvg: <RoleColour colour={one.colour} />,
            })),
          },
        ]
      : []),
    { items: [{ id: "leave", text: text().signOut }] },
  ];
  return {
    type: "menu-dropdown",
    text: shown,
    title: shown,
    description: `${text().account}: ${spacedAccount(account)}`,
    ...(role && { iconSvg: <RoleColour colour={colourOf(role)} /> }),
    items,
    onItemClick: ({ detail }) => actions[detail.id]?.(),
  };
}
