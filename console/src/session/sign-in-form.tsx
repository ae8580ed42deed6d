import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { PageLink } from "../page-link.tsx";
import type { Proof, Session, SignInState } from "./api.ts";
import { eventsNamed } from "./events-named.ts";
import { failureText } from "./failure.ts";
import { Refused } from "./refused.ts";
import { signIn } from "./session.ts";
import { Fields, type Typed } from "./sign-in-fields.tsx";
import { text } from "./sign-in-words.ts";
import { fieldsOf, proofOf, type Step, wrongIn } from "./steps.ts";

interface SignInFormProps {
  readonly state: SignInState;
  /** Who was signed in before. */
  readonly last?: Session | undefined;
  readonly onSignedIn?: (session: Session) => void;
}

/** The next step that a refusal asks for. */
const nextSteps: Readonly<Record<string, Step>> = { MfaRequired: "mfa", PasswordResetRequired: "reset" };

/** Signing in, step by step: who one is, then the MFA code and a new password where they are asked for. */
export function SignInForm({ state, last, onSignedIn }: SignInFormProps) {
  const { account, userName } = last?.role?.signedInAs ?? last ?? { ...state, userName: "" };
  const [way, setWay] = useState<"user" | "key">("user");
  const [step, setStep] = useState<Step>("user");
  const [typed, setTyped] = useState<Typed>({ account, userName: userName === "root" ? "" : userName });
  const [wrong, setWrong] = useState<Typed>({});
  const attempt = useMutation({
    mutationFn: (proof: Proof) => signIn(proof),
    onSuccess: (session) => onSignedIn?.(session),
    onError: (error) => {
      const next = error instanceof Refused ? nextSteps[error.code] : undefined;
      // A code, and a password, that was tried is not tried again unseen.
      if (next) setTyped(({ mfaCode, ...kept }) => ({ ...kept, ...(mfaCode && { usedCode: "yes" }) }));
      else setTyped(({ mfaCode, usedCode, ...kept }) => ({ ...kept, ...(step !== "reset" && { password: "" }) }));
      setStep(next ?? (step === "reset" ? "reset" : way));
    },
  });
  const fields = fieldsOf(step, typed);
  const isFirst = step === way;
  const refusal = attempt.error instanceof Refused && nextSteps[attempt.error.code] ? undefined : attempt.error;

  function choose(next: "user" | "key"): void {
    attempt.reset();
    setWrong({});
    setWay(next);
    setStep(next);
  }
  function submit(): void {
    const found = wrongIn(fields, typed);
    setWrong(found);
    if (Object.keys(found).length === 0) attempt.mutate(proofOf(way, step, typed));
  }

  return (
    <SpaceBetween size="l">
      {state.continueAsRoot && isFirst && (
        <SpaceBetween size="xs">
          <Button
            variant="primary"
            fullWidth
            loading={attempt.isPending && !attempt.variables.userName && !attempt.variables.accessKeyId}
            onClick={() => attempt.mutate(account === state.account ? {} : { account })}
          >
            {text().root}
          </Button>
          <Box color="text-body-secondary" fontSize="body-s">
            {text().rootWhy(account)}
          </Box>
        </SpaceBetween>
      )}
      {isFirst && (
        <FormField label={state.continueAsRoot ? text().or : text().as}>
          <RadioGroup
            direction="horizontal"
            value={way}
            onChange={({ detail }) => choose(detail.value as "user" | "key")}
            items={[
              { value: "user", label: text().user },
              { value: "key", label: text().key },
            ]}
          />
        </FormField>
      )}
      {!isFirst && <Box variant="h3">{step === "mfa" ? text().mfa : text().reset}</Box>}
      {refusal && (
        <Alert type="error" header={text().failed}>
          {failureText(refusal)}{" "}
          {state.continueAsRoot && <PageLink to={eventsNamed("ConsoleLogin")}>{text().seeTries}</PageLink>}
        </Alert>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <SpaceBetween size="l">
          <Fields
            key={step}
            fields={fields}
            typed={typed}
            wrong={wrong}
            chooseFirst={!isFirst || !state.continueAsRoot}
            onType={(name, value) => setTyped({ ...typed, [name]: value })}
          />
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              {...(!state.continueAsRoot && { variant: "primary" })}
              formAction="submit"
              loading={attempt.isPending && (!!attempt.variables.userName || !!attempt.variables.accessKeyId)}
            >
              {step === "reset" ? text().change : text().submit}
            </Button>
            {!isFirst && (
              <Button variant="link" onClick={() => choose(way)}>
                {text().back}
              </Button>
            )}
          </SpaceBetween>
        </SpaceBetween>
      </form>
    </SpaceBetween>
  );
}
