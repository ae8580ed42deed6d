import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { words } from "../language.ts";

const text = words(
  {
    header: "The events could not be loaded",
    retry: "Retry",
    running: "Is OpenTrail still running?",
  },
  {
    header: "イベントをロードできませんでした",
    retry: "再試行",
    running: "OpenTrail は動作していますか?",
  },
);

// What fetch rejects with where there is no answer at all.
const isNetwork = (error: Error): boolean => error instanceof TypeError;

interface LoadErrorProps {
  readonly error: Error | null;
  readonly onRetry: () => void;
}

/** Says what went wrong and what to do; nothing where nothing did. */
export function LoadError({ error, onRetry }: LoadErrorProps) {
  if (!error) return null;
  return (
    <Alert type="error" header={text().header} action={<Button onClick={onRetry}>{text().retry}</Button>}>
      {error.message} {isNetwork(error) && text().running}
    </Alert>
  );
}
