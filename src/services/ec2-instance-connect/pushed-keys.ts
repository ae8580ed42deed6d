import type { Clock } from "../../aws/clock.ts";
import type { AccountId, Region } from "../../aws/names.ts";
import type { State } from "../../storage/state/state.ts";
import { fingerprint } from "./arguments.ts";

interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

/** A key that an instance takes now. */
export interface LiveKey {
  readonly instanceOSUser?: string;
  readonly serialPort?: number;
  readonly publicKey: string;
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

interface Stored {
  readonly publicKey: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const keyLifeMs = 60_000;
const serial = "serial-";

/** The keys that were pushed to instances, each for 60 seconds. */
export interface PushedKeys {
  /** Keeps a key for a user of an instance, or for one of its serial ports. */
  push(place: Place, instanceId: string, whose: string | number, publicKey: string): Promise<void>;
  live(place: Place, instanceId: string): Promise<LiveKey[]>;
}

/** Kept under `ec2-instance-connect/<account>/<region>/<instance>/<user or serial port>/<fingerprint>`. */
export function createPushedKeys({ state, clock }: { readonly state: State; readonly clock: Clock }): PushedKeys {
  const prefixOf = ({ account, region }: Place) => `ec2-instance-connect/${account}/${region}/`;
  const isOver = ({ until }: Stored) => until <= clock.now();

  return {
    async push(place, instanceId, whose, publicKey) {
      const prefix = prefixOf(place);
      const over = (await state.list(prefix)).filter(({ value }) => isOver(value as unknown as Stored));
      const target = typeof whose === "number" ? `${serial}${whose}` : whose;
      const name = encodeURIComponent(fingerprint(publicKey));
      await state.commit([
        ...over.map(({ key }) => ({ key, value: undefined })),
        { key: `${prefix}${instanceId}/${target}/${name}`, value: { publicKey, until: clock.now() + keyLifeMs } },
      ]);
    },

    async live(place, instanceId) {
      const prefix = `${prefixOf(place)}${instanceId}/`;
      const entries = await state.list(prefix);
      return entries.flatMap(({ key, value }) => {
        const stored = value as unknown as Stored;
        if (isOver(stored)) return [];
        const [target = ""] = key.slice(prefix.length).split("/");
        const whose = target.startsWith(serial)
          ? { serialPort: Number(target.slice(serial.length)) }
          : { instanceOSUser: target };
        const { publicKey, until } = stored;
        const expiresAt = new Date(until).toISOString();
        return [{ ...whose, publicKey, fingerprint: fingerprint(publicKey), expiresAt }];
      });
    },
  };
}
