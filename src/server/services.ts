import type { Answerer } from "../aws/call.ts";
import type { Clock } from "../aws/clock.ts";
import type { Random } from "../aws/random.ts";
import type { Recorder } from "../gateway/index.ts";
import type { History } from "../history/index.ts";
import type { Identity, ServiceControl } from "../identity/index.ts";
import { answerWith } from "../services/answer.ts";
import { createCloudTrail } from "../services/cloudtrail/index.ts";
import { createEbs } from "../services/ebs/index.ts";
import { createEc2, type Limits } from "../services/ec2/index.ts";
import { createInstanceConnect, createPushedKeys } from "../services/ec2-instance-connect/index.ts";
import { createIam } from "../services/iam/index.ts";
import { createS3 } from "../services/s3/index.ts";
import type { Handlers } from "../services/service.ts";
import { createSts } from "../services/sts/index.ts";
import type { Objects } from "../storage/objects/index.ts";
import type { State } from "../storage/state/index.ts";
import { type DigestKeys, listPublicKeysOperation, type Trails } from "../trails/index.ts";
import type { Config } from "./config.ts";

interface Parts {
  readonly config: Config;
  readonly limits: Limits;
  readonly state: State;
  readonly objects: Objects;
  readonly identity: Identity;
  readonly serviceControl: ServiceControl;
  readonly history: History;
  readonly trails: Trails;
  readonly keys: DigestKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly recordOwn: Recorder["recordOwn"];
  /** Told of an interruption that failed, which is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** The services that OpenTrail answers itself: who answers each, and which actions they have. */
export function embeddedServices(parts: Parts) {
  const { config, limits, state, objects, identity, serviceControl, history, trails, keys, clock, random } = parts;
  const { recordOwn, onFailure } = parts;
  const pushedKeys = createPushedKeys({ state, clock });
  const ec2 = createEc2({ limits, liveKeys: pushedKeys.live, state, clock, random, identity, recordOwn, onFailure });
  const handlers: Readonly<Record<string, Handlers>> = {
    ec2: ec2.handlers,
    ebs: createEbs({ state, objects, seal: identity.seal, clock, random, snapshots: ec2.directSnapshots }),
    "ec2-instance-connect": createInstanceConnect({ state, clock, pushedKeys }),
    iam: createIam({ state, identity, clock, random, serviceControl }),
    sts: createSts({ state, identity, clock, fetch, organization: config.organization }),
    s3: createS3({ state, objects, clock, random }),
    cloudtrail: createCloudTrail({
      trails,
      lookupEvents: history.lookupEvents,
      listPublicKeys: listPublicKeysOperation({ keys, clock }),
    }),
  };
  const byService = Object.entries(handlers);
  return {
    ec2,
    answerers: new Map<string, Answerer>(byService.map(([service, actions]) => [service, answerWith(actions)])),
    actions: new Map(byService.map(([service, actions]) => [service, Object.keys(actions)])),
  };
}
