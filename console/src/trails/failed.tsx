import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { words } from "../language.ts";

const text = words(
  {
    retry: "Retry",
    away: "OpenTrail doesn't answer. Is it still running?",
    denied: "Whoever is signed in has no permission for this. Sign in as somebody who has, or switch the role.",
  },
  {
    retry: "再試行",
    away: "OpenTrail が応答しません。実行中か確認してください。",
    denied:
      "サインインしているユーザーにはこの操作のアクセス許可がありません。権限のあるユーザーでサインインするか、ロールを切り替えてください。",
  },
);

/** What the AWS SDK rejected with, for people: AWS's own code and words, or that nobody answers. */
export function awsErrorText(error: Error): string {
  if (error.name === "TypeError") return text().away;
  const told = error.message && error.message !== error.name ? `${error.name}: ${error.message}` : error.name;
  return /AccessDenied|UnauthorizedOperation/.test(error.name) ? `${told} ${text().denied}` : told;
}

interface FailedProps {
  readonly header: string;
  readonly error: Error | null;
  readonly onRetry?: () => void;
}

/** Why something couldn't be loaded, and how to try again; nothing while there is no error. */
export function Failed({ header, error, onRetry }: FailedProps) {
  if (!error) return null;
  return (
    <Alert type="error" header={header} action={onRetry && <Button onClick={onRetry}>{text().retry}</Button>}>
      {awsErrorText(error)}
    </Alert>
  );
}
