import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../dialog.tsx";
import { plainAccount } from "./account-id.ts";
import { failureText } from "./failure.ts";
import { type Colour, colours, type RecentRole } from "./recent-roles.ts";
import { become } from "./role-actions.tsx";
import { RoleColour } from "./role-colour.tsx";
import type { LinkedRole } from "./role-link.ts";
import { text } from "./role-words.ts";

interface SwitchRoleProps {
  /** The account of who asks, which the role is often in. */
  readonly account: string;
  /** What a link has filled in. */
  readonly linked?: LinkedRole | undefined;
  readonly onClose: () => void;
}

/** The dialog in which one says which role one wants to be. */
export function SwitchRole({ account: own, linked, onClose }: SwitchRoleProps) {
  const [account, setAccount] = useState(linked?.account || own);
  const [roleName, setRoleName] = useState(linked?.roleName ?? "");
  const [displayName, setDisplayName] = useState(linked?.displayName ?? "");
  const [colour, setColour] = useState<Colour>(linked?.colour ?? "none");
  const [checked, setChecked] = useState(false);
  const attempt = useMutation({ mutationFn: (role: RecentRole) => become(role), onSuccess: onClose });

  const needed = (value: string) => (checked && value.trim() === "" ? text().needed : undefined);
  const option = (value: Colour) => ({ value, label: text()[value], iconSvg: <RoleColour colour={value} /> });
  function submit(): void {
    setChecked(true);
    if (account.trim() === "" || roleName.trim() === "") return;
    const called = displayName.trim();
    attempt.mutate({
      account: plainAccount(account),
      roleName: roleName.trim(),
      colour,
      ...(called && { displayName: called }),
    });
  }

  return (
    <Dialog
      title={text().switchRole}
      onClose={onClose}
      submit={{ text: text().switchRole, onSubmit: submit, loading: attempt.isPending }}
    >
      <Box color="text-body-secondary">{text().why}</Box>
      {attempt.error && (
        <Alert type="error" header={text().failed}>
          {failureText(attempt.error)} {text().advice}
        </Alert>
      )}
      <FormField label={text().accountField} constraintText={text().accountHint} errorText={needed(account)}>
        <Input value={account} onChange={({ detail }) => setAccount(detail.value)} spellcheck={false} />
      </FormField>
      <FormField label={text().role} constraintText={text().roleHint} errorText={needed(roleName)}>
        <Input value={roleName} onChange={({ detail }) => setRoleName(detail.value)} spellcheck={false} autoFocus />
      </FormField>
      <FormField
        label={
          <>
            {text().displayName} <i>- {text().optional}</i>
          </>
        }
        constraintText={text().displayHint}
      >
        <Input value={displayName} onChange={({ detail }) => setDisplayName(detail.value)} />
      </FormField>
      <FormField label={text().colour}>
        <Select
          selectedOption={option(colour)}
          options={colours.map(option)}
          onChange={({ detail }) => setColour(detail.selectedOption.value as Colour)}
        />
      </FormField>
    </Dialog>
  );
}
