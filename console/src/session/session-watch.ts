import { useEffect } from "react";
import { dismissFlash, flash } from "../flashes.tsx";
import { locale } from "../language.ts";
import { askAgain, useSession } from "./session.ts";
import { text } from "./sign-in-words.ts";

const noticeMs = 5 * 60_000;
const id = "session-ends";

/** Tells before the session ends, and notices when it has; `onSignIn` is asked for in between. */
export function useSessionWatch(signInAction: React.ReactNode): void {
  const expires = Date.parse(useSession()?.sessionExpiration ?? "");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the action is the same for each session
  useEffect(() => {
    if (Number.isNaN(expires)) return;
    const notice = setTimeout(
      () => {
        const time = new Date(expires).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
        flash({ id, type: "warning", header: text().endsSoon, content: text().endsAt(time), action: signInAction });
      },
      expires - noticeMs - Date.now(),
    );
    // A moment later, so that the server, too, knows it has ended.
    const end = setTimeout(askAgain, expires + 500 - Date.now());
    return () => {
      clearTimeout(notice);
      clearTimeout(end);
      dismissFlash(id);
    };
  }, [expires]);
}
