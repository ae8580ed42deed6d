import type { Members } from "../../aws/call.ts";
import { isArray, isObject } from "../values.ts";

// ModifyImageAttribute and ModifySnapshotAttribute take permissions in two spellings: structured (LaunchPermission.Add.N)
// and flat (UserId.N with OperationType). Whichever is sent, the record shows the structured one (observed, 12 of 12).
const actions = {
  ModifyImageAttribute: {
    permission: "LaunchPermission",
    attributeType: (attribute: unknown) => attribute,
    assumed: "launchPermission",
    flat: {
      UserIds: "UserId",
      UserGroups: "Group",
      OrganizationArns: "OrganizationArn",
      OrganizationalUnitArns: "OrganizationalUnitArn",
    },
  },
  ModifySnapshotAttribute: {
    permission: "CreateVolumePermission",
    // An enumeration's constant: createVolumePermission → CREATE_VOLUME_PERMISSION
    attributeType: (attribute: unknown) =>
      typeof attribute === "string" ? attribute.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase() : undefined,
    assumed: "createVolumePermission",
    flat: { UserIds: "UserId", GroupNames: "Group" },
  },
} as const;

type PermissionAction = keyof typeof actions;

export function isPermissionAction(action: string): action is PermissionAction {
  return Object.hasOwn(actions, action);
}

/** The input with flat permissions moved into the structured member, and the attribute as the record names it. */
export function withPermissions(action: PermissionAction, input: Members): Members {
  const { permission, attributeType, assumed, flat } = actions[action];
  const rows = Object.entries(flat).flatMap(([list, member]) => {
    const values = input[list];
    return isArray(values) ? values.map((value) => ({ [member]: value })) : [];
  });
  const sent = isObject(input[permission]) ? input[permission] : {};
  const side = input.OperationType === "remove" ? "Remove" : "Add";
  const present = isArray(sent[side]) ? sent[side] : [];
  const shown = rows.length > 0 ? { ...sent, [side]: [...present, ...rows] } : sent;
  const isPermission = Object.keys(shown).length > 0;
  return {
    ...input,
    ...(isPermission ? { [permission]: shown } : {}),
    Attribute: attributeType(
      input.Attribute ?? (isPermission || action === "ModifySnapshotAttribute" ? assumed : undefined),
    ),
  };
}
