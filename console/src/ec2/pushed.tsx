import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { PageLink } from "../page-link.tsx";
import { EventLink } from "./event-link.tsx";
import { text } from "./words.ts";

/** A key that an instance takes for a minute. */
export interface PushedKey {
  /** Of a key pair that was made here. */
  readonly privateKey: string | undefined;
  readonly osUser: string;
  readonly host: string;
  readonly requestId: string;
}

/** The private key leaves the page's memory as a file only. */
function download(content: string, name: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/x-pem-file" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

interface PushedProps {
  readonly pushed: PushedKey;
  readonly eventName: string;
  readonly instanceId: string;
}

/** What to do with a key that was sent. */
export function Pushed({ pushed: { privateKey, osUser, host, requestId }, eventName, instanceId }: PushedProps) {
  const file = `${instanceId}-${requestId.slice(0, 8)}.pem`;
  const command = privateKey ? `chmod 400 ${file} && ssh -i ${file} ${osUser}@${host}` : `ssh ${osUser}@${host}`;
  return (
    <SpaceBetween size="m">
      <Alert type="success" header={text().pushed}>
        {text().pushedWhy}
      </Alert>
      <div className="mono">
        <CopyToClipboard
          variant="inline"
          textToCopy={command}
          copyButtonAriaLabel={text().copy}
          copySuccessText={text().copied}
          copyErrorText={command}
        />
      </div>
      {privateKey && (
        <Button iconName="download" onClick={() => download(privateKey, file)}>
          {text().download}
        </Button>
      )}
      <SpaceBetween direction="horizontal" size="m">
        <EventLink requestId={requestId} eventName={eventName} />
        <PageLink to="/console/ssh-access">{text().sshAccess}</PageLink>
      </SpaceBetween>
    </SpaceBetween>
  );
}
