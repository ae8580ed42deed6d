import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useId } from "react";
import { words } from "./language.ts";

const text = words({ cancel: "Cancel", close: "Close" }, { cancel: "キャンセル", close: "閉じる" });

/** What a dialog's own button does, which Enter in a field does, too. */
interface Submit {
  readonly text: string;
  readonly onSubmit: () => void;
  readonly loading?: boolean;
  readonly disabled?: boolean;
}

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Without it there is nothing to do but to close it. */
  readonly submit: Submit | undefined;
  /** Another button, before that one. */
  readonly other?: ReactNode;
  readonly children: ReactNode;
}

/** A question over the page: its fields, a way out and what it is for. */
export function Dialog({ title, onClose, submit, other, children }: DialogProps) {
  const form = useId();
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {submit ? text().cancel : text().close}
            </Button>
            {other}
            {submit && (
              <Button
                variant="primary"
                form={form}
                formAction="submit"
                loading={submit.loading ?? false}
                disabled={submit.disabled ?? false}
              >
                {submit.text}
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          submit?.onSubmit();
        }}
      >
        <SpaceBetween size="m">{children}</SpaceBetween>
      </form>
    </Modal>
  );
}
