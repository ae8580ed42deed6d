import type { Problems, TrailForm } from "./trail-form.ts";

/** What each part of the form shows and changes. */
export interface FormPartProps {
  readonly form: TrailForm;
  readonly change: (changed: Partial<TrailForm>) => void;
  readonly problems: Problems;
}

/** A field's problem as Cloudscape's form fields take it. */
export const errorOf = (problems: Problems, field: string) => {
  const errorText = problems[field];
  return errorText === undefined ? {} : { errorText };
};
