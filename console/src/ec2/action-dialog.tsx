import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Dialog } from "../dialog.tsx";
import { flash } from "../flashes.tsx";
import { queries } from "../queries.ts";
import { type Called, failureOf, isPermitted } from "./calls.ts";
import { EventLink } from "./event-link.tsx";
import { text } from "./words.ts";

export interface Action<Answer extends Called = Called> {
  /** Of the API, as its event is called. */
  readonly name: string;
  readonly title: string;
  readonly send: (options: { readonly DryRun: boolean }) => Promise<Answer>;
  /** What is said when it was done. */
  readonly done: (answer: Answer) => string;
}

interface ActionDialogProps<Answer extends Called> extends Action<Answer> {
  readonly children: ReactNode;
  /** Whether what was typed can be sent; says itself what is wrong. */
  readonly check?: () => boolean;
  readonly onClose: () => void;
}

/** Asks before a call of EC2, or only whether it would be let through; tells what came of it, and leads to its event. */
export function ActionDialog<Answer extends Called>(props: ActionDialogProps<Answer>) {
  const { name, title, send, done, children, check, onClose } = props;
  const attempt = useMutation({
    mutationFn: (DryRun: boolean) => send({ DryRun }),
    onSuccess: (answer) => {
      const { requestId } = answer.$metadata;
      flash({
        id: requestId ?? name,
        type: "success",
        content: (
          <>
            {done(answer)} {requestId !== undefined && <EventLink requestId={requestId} eventName={name} />}
          </>
        ),
      });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["ec2"] }),
  });
  const failure = attempt.error && failureOf(attempt.error);
  const isSending = (dryRun: boolean) => attempt.isPending && attempt.variables === dryRun;
  const submit = (dryRun: boolean) => {
    if (check?.() ?? true) attempt.mutate(dryRun);
  };

  return (
    <Dialog
      title={title}
      onClose={onClose}
      submit={{ text: title, onSubmit: () => submit(false), loading: isSending(false) }}
      other={
        <Button loading={isSending(true)} onClick={() => submit(true)}>
          {text().dryRun}
        </Button>
      }
    >
      {children}
      {failure && (
        <Alert
          type={isPermitted(failure) ? "success" : "error"}
          header={isPermitted(failure) ? text().dryRunDone : text().failed(title)}
        >
          <div className="failure">
            {failure.code && <strong>{failure.code}: </strong>}
            {failure.message}
          </div>
          {failure.requestId !== undefined && <EventLink requestId={failure.requestId} eventName={name} />}
        </Alert>
      )}
    </Dialog>
  );
}
