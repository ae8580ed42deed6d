import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { text } from "./sign-in-words.ts";

/** What has been typed, by the name of the field. */
export type Typed = Readonly<Record<string, string>>;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** What the browser, or a password manager, may fill in. */
  readonly autoComplete: string;
  readonly secret?: boolean;
  readonly numeric?: boolean;
}

interface FieldsProps {
  readonly fields: readonly Field[];
  readonly typed: Typed;
  /** What is wrong with a field, by its name. */
  readonly wrong: Typed;
  /** Whether typing begins here. */
  readonly chooseFirst: boolean;
  readonly onType: (name: string, value: string) => void;
}

/** The fields of a step; secrets can be shown. */
export function Fields({ fields, typed, wrong, chooseFirst, onType }: FieldsProps) {
  const [shown, setShown] = useState(false);
  const first = useRef<InputProps.Ref>(null);
  const start = fields.find(({ name }) => !typed[name]) ?? fields[0];
  const startName = useRef(start?.name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the step begins
  useEffect(() => {
    if (chooseFirst) first.current?.focus();
  }, []);
  return (
    <SpaceBetween size="m">
      {fields.map(({ name, label, hint, autoComplete, secret, numeric }) => (
        <FormField key={name} label={label} constraintText={hint} errorText={wrong[name]} stretch>
          <Input
            {...(name === startName.current && { ref: first })}
            name={name}
            value={typed[name] ?? ""}
            type={secret && !shown ? "password" : "text"}
            inputMode={numeric ? "numeric" : "text"}
            autoComplete={autoComplete}
            spellcheck={false}
            nativeInputAttributes={{ autoCapitalize: "none" }}
            onChange={({ detail }) => onType(name, detail.value)}
          />
        </FormField>
      ))}
      {fields.some(({ secret }) => secret) && (
        <Checkbox checked={shown} onChange={({ detail }) => setShown(detail.checked)}>
          {text().show}
        </Checkbox>
      )}
    </SpaceBetween>
  );
}
