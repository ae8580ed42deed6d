import { useMemo } from "react";
import type { Session } from "./api.ts";
import { sessionCredentials, useRegion, useSignInState } from "./session.ts";

/** The settings that every client of the AWS SDK takes here. */
interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof sessionCredentials;
  readonly forcePathStyle: true;
  readonly maxAttempts: number;
}

/**
 * A client of the AWS SDK, such as `useClient(EC2Client)`: it calls this server, in the chosen Region, as whoever is
 * signed in. Import the client and its commands in a page that is loaded when it is asked for. Keys of queries begin with
 * `useScope()`, so that nothing is shown of another person or Region.
 */
export function useClient<Client>(Client: new (options: ClientOptions) => Client): Client {
  return useClients(Client)(useRegion());
}

/** As `useClient`, for whichever Region something is in. */
export function useClients<Client>(Client: new (options: ClientOptions) => Client): (region: string) => Client {
  const { arn, sessionExpiration } = useShownSession() ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: a client keeps the credentials of whom it was made for
  return useMemo(() => {
    const made = new Map<string, Client>();
    return (region) => {
      const client = made.get(region) ?? new Client(optionsFor(region));
      made.set(region, client);
      return client;
    };
  }, [Client, arn, sessionExpiration]);
}

const optionsFor = (region: string): ClientOptions => ({
  endpoint: location.origin,
  region,
  credentials: sessionCredentials,
  forcePathStyle: true,
  maxAttempts: 2,
});

// Who is asked to sign in again still sees what they saw.
function useShownSession(): Session | undefined {
  const { data } = useSignInState();
  return data?.session ?? data?.ended;
}

/** Whose, and which Region's, answers are: what the keys of queries with the SDK begin with. */
export function useScope(): readonly [region: string, who: string] {
  const region = useRegion();
  const who = useShownSession()?.arn ?? "";
  return useMemo(() => [region, who], [region, who]);
}
