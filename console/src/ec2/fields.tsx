import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import type { ReactNode } from "react";
import { text } from "./words.ts";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly wrong?: string | undefined;
  readonly optional?: boolean;
}

const labelOf = (label: string, optional: boolean | undefined): ReactNode =>
  optional ? (
    <>
      {label} <i>- {text().optional}</i>
    </>
  ) : (
    label
  );

/** A line of text. */
export function TextField({ label, value, onChange, hint, wrong, optional }: FieldProps) {
  return (
    <FormField label={labelOf(label, optional)} constraintText={hint} errorText={wrong} stretch>
      <Input value={value} spellcheck={false} onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

interface ChoiceFieldProps extends FieldProps {
  readonly choices: readonly Choice[];
  readonly loading?: boolean;
}

/** One of several; many of them can be searched. */
export function ChoiceField({ label, value, onChange, hint, wrong, choices, loading }: ChoiceFieldProps) {
  return (
    <FormField label={label} constraintText={hint} errorText={wrong} stretch>
      <Select
        selectedOption={choices.find((choice) => choice.value === value) ?? null}
        options={choices}
        filteringType={choices.length > 7 ? "auto" : "none"}
        statusType={loading ? "loading" : "finished"}
        loadingText={text().loading}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
      />
    </FormField>
  );
}
