import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useEffect } from "react";
import { flash } from "../flashes.tsx";
import { PageLink } from "../page-link.tsx";
import { queries } from "../queries.ts";
import type { Session } from "./api.ts";
import { eventsNamed } from "./events-named.ts";
import { forgetSession, useSignInState } from "./session.ts";
import { SignInForm } from "./sign-in-form.tsx";
import { text } from "./sign-in-words.ts";
import "./sign-in.css";

function SignedIn({ name }: { readonly name: string }) {
  return (
    <>
      {text().signedIn(name)}{" "}
      <PageLink to={eventsNamed("ConsoleLogin")} variant="secondary">
        {text().seeIt}
      </PageLink>
    </>
  );
}

function welcome({ userName }: Session): void {
  flash({ id: "session", type: "success", content: <SignedIn name={userName} /> });
}

/** The whole page, where nothing can be seen without a session. */
export function SignInPage() {
  const { data } = useSignInState();
  useEffect(() => {
    document.title = `${text().title} | OpenTrail`;
    // What somebody saw isn't there for who signs in next.
    queries.removeQueries({ type: "inactive" });
  }, []);
  return (
    <main className="sign-in-page">
      <Container header={<Header variant="h1">{text().title}</Header>}>
        {data && <SignInForm state={data} onSignedIn={welcome} />}
      </Container>
    </main>
  );
}

interface NeedsSessionProps {
  readonly children: ReactNode;
}

/** What can only be done by somebody: without a session it offers to sign in, in its place. */
export function NeedsSession({ children }: NeedsSessionProps) {
  const { data } = useSignInState();
  if (!data) return null;
  // Who is asked to sign in again doesn't lose what they were at.
  if (data.session || data.ended) return children;
  return (
    <div className="sign-in-place">
      <Container header={<Header description={text().needsWhy}>{text().needs}</Header>}>
        <SignInForm state={data} onSignedIn={welcome} />
      </Container>
    </div>
  );
}

/** Signing in over the page that one is on. */
export function SignInDialog({
  onClose,
  onSignedIn = onClose,
}: {
  readonly onClose: () => void;
  readonly onSignedIn?: () => void;
}) {
  const { data } = useSignInState();
  return (
    <Modal visible size="small" header={text().title} onDismiss={onClose}>
      {data && (
        <SignInForm
          state={data}
          last={data.session}
          onSignedIn={(session) => {
            welcome(session);
            onSignedIn();
          }}
        />
      )}
    </Modal>
  );
}

/** Over the page whose session has ended: to go on where one was. */
export function SessionEnded() {
  const { data } = useSignInState();
  if (!data?.ended) return null;
  return (
    <Modal visible size="small" header={text().ended} onDismiss={forgetSession} closeAriaLabel={text().without}>
      <SpaceBetween size="m">
        <Box>{text().endedWhy}</Box>
        <SignInForm state={data} last={data.ended} onSignedIn={welcome} />
      </SpaceBetween>
    </Modal>
  );
}
