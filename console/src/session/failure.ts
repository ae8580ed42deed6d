import { words } from "../language.ts";
import { Refused } from "./refused.ts";

const text = words(
  {
    AuthenticationFailed: "Your authentication information is incorrect. Please try again.",
    TooManyAttempts: "There were too many attempts to sign in. Wait a minute and try again.",
    PasswordPolicyViolation: "The new password doesn't meet the account's password policy.",
    NotSignedIn: "Your session has ended. Sign in again.",
    away: "OpenTrail doesn't answer. Is it still running?",
  },
  {
    AuthenticationFailed: "認証情報が正しくありません。もう一度試してください。",
    TooManyAttempts: "サインインの試行回数が多すぎます。1 分待ってから、もう一度試してください。",
    PasswordPolicyViolation: "新しいパスワードがアカウントのパスワードポリシーを満たしていません。",
    NotSignedIn: "セッションが終了しました。もう一度サインインしてください。",
    away: "OpenTrail が応答しません。実行中か確認してください。",
  },
);

/** Why something about the session failed, for people; what has no words of the console's own has the server's. */
export function failureText(error: unknown): string {
  if (!(error instanceof Refused)) return text().away;
  const { code, message } = error;
  const said: Readonly<Record<string, string>> = text();
  if (code === "PasswordPolicyViolation") return `${said[code]} ${message}`;
  return said[code] ?? message;
}
