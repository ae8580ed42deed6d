import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { systemClock, systemRandom } from "../aws/index.ts";
import {
  authorizing,
  createAuthorization,
  createGateway,
  createRecorder,
  createThrottle,
  type OwnRoute,
  openIntents,
  type Recorder,
  recoverIntents,
  trustedProxy,
} from "../gateway/index.ts";
import { openHistory } from "../history/index.ts";
import { createIdentity, createOutboundFederation } from "../identity/index.ts";
import { instancesPath } from "../services/ec2/index.ts";
import { managedPolicyDocuments } from "../services/iam/index.ts";
import { createLogTarget } from "../services/s3/index.ts";
import { createConsoleSessions, createSignIn } from "../services/signin/index.ts";
import {
  createS3Target,
  createTrails,
  openDigestKeys,
  organizationToManage,
  refreshOrganization,
  startDelivery,
  startDigests,
} from "../trails/index.ts";
import { openUpstreams } from "../upstream/index.ts";
import { version } from "../version.ts";
import { authorizeBy, authorizePassed, firstAccessKeys, serviceControlOf } from "./access.ts";
import { tlsOf, withAuthorities } from "./certificates.ts";
import type { Config } from "./config.ts";
import { connectionsWithin, descriptorLimit } from "./descriptors.ts";
import { createOutlets, startForwarding } from "./forwarding.ts";
import { guarded } from "./guard.ts";
import { createFailures, createHealthCheck } from "./health.ts";
import { issuerRoute, issuersPath } from "./issuers.ts";
import { keepJournal } from "./keep-journal.ts";
import { limitsOf } from "./limits.ts";
import { openListener, usualLimits } from "./listener.ts";
import { createMetrics, type Part } from "./metrics.ts";
import { ownRoutes } from "./routes.ts";
import { createRoles } from "./service-roles.ts";
import { embeddedServices } from "./services.ts";
import { slowDiskWarning } from "./slow-disk.ts";
import { openStorage } from "./storage.ts";

export interface RunningServer {
  /** `http://127.0.0.1:4770` */
  readonly url: string;
  /** The file with the access key of root that this start made. */
  readonly rootCredentials?: string;
  /** The actions that it answers itself, by service. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** Takes no more calls, lets those under way finish, brings the readers to the journal's end and closes everything. */
  stop(): Promise<void>;
}

const dayMs = 86_400_000;

/** How long a stop waits for Event history to reach the journal's end: what is missing then is in the journal. */
const historyPatienceMs = 20_000;

/** How long calls that wait for an upstream may hold up a stop. */
const upstreamsPatienceMs = 8_000;

/**
 * Puts OpenTrail together from its configuration and serves it.
 * Throws a ConfigError of one line for a port in use or a data folder that can't be had. `replace` is for measurements.
 */
export async function startServer(
  config: Config,
  log: Logger,
  replace: { readonly recorder?: Recorder } = {},
): Promise<RunningServer> {
  const clock = systemClock;
  const random = systemRandom;
  const metrics = createMetrics(version);
  const failures = createFailures(clock);
  const failed = (part: Part, what: string, error: unknown) => {
    metrics.onFailure(part);
    failures.note(what, error);
  };
  const retried = (part: Part, what: string) => (error: unknown, nextAttemptInMs: number) => {
    failed(part, what, error);
    log.warn({ err: error }, `${what} failed; next attempt in ${Math.round(nextAttemptInMs / 1_000)} s`);
  };

  // Before anything is open that would have to be closed again.
  const tls = tlsOf(config);
  const limits = limitsOf(config);
  const upstreamSettings = config.upstream && withAuthorities(config.upstream);

  const warnOfSlowDisk = slowDiskWarning(clock, (line) => log.warn(line));
  const storage = await openStorage(config.data, {
    onTornTail(path, bytes) {
      metrics.onTornTail(bytes);
      log.warn(
        `The journal's last write was broken off and never acknowledged: ${bytes} bytes at the end of ${path} are cut off`,
      );
    },
    onWritten(milliseconds) {
      metrics.onJournalWritten(milliseconds);
      warnOfSlowDisk(milliseconds);
    },
  });
  const { journal, state, objects, tables } = storage;
  const intentsFolder = join(config.data, "intents");
  const recovered = await recoverIntents(intentsFolder, journal);
  metrics.onRecovered(recovered);
  if (recovered > 0)
    log.warn(`Calls without an answer when OpenTrail ended, now recorded with an unknown outcome: ${recovered}`);
  const intents = config.recording === "strict" ? await openIntents(intentsFolder, journal) : undefined;
  const history = await openHistory({
    tables,
    state,
    journal,
    clock,
    retentionDays: Math.ceil(config.historyRetention / dayMs),
    onFailure: retried("history", "Event history"),
  });
  const identity = createIdentity({ state, clock, random, defaultAccount: config.account, mode: config.auth });
  const serviceControl = serviceControlOf(config);
  const authorize = config.auth === "verify" ? authorizeBy(config, state, clock, serviceControl) : undefined;
  const rootCredentials = authorize && (await firstAccessKeys(config, { state, clock, random, identity }));
  const { s3: s3Endpoint, kms } = config.endpoints;
  const target =
    s3Endpoint === undefined
      ? createLogTarget({ state, objects, clock, random })
      : createS3Target(s3Endpoint, config.region);
  const outlets = createOutlets(config);
  const keys = await openDigestKeys({
    folder: join(config.data, "keys"),
    ...(config.digestKey !== undefined && { given: config.digestKey }),
    ...(kms !== undefined && { kms }),
  });
  const roles = createRoles(state, managedPolicyDocuments(state));
  const { organization } = config;
  const trails = createTrails({ state, journal, target, ...outlets, roles, organization, clock, random });
  if (config.organization) await refreshOrganization(state, config.organization);
  const services = embeddedServices({
    ...{ config, limits, state, objects, identity, serviceControl, history, trails, keys, clock, random },
    recordOwn: (place, events, newId) => recorder.recordOwn(place, events, newId),
    onFailure(error) {
      failed("interruptions", "An interruption", error);
      log.warn({ err: error }, "An interruption failed; it is tried again");
    },
  });
  const { answerers, ec2 } = services;

  await history.start().catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  const forwarding = await startForwarding(config, {
    journal,
    state,
    clock,
    ...outlets,
    onFailure: (what, error, nextAttemptInMs) => retried("forwarding", what)(error, nextAttemptInMs),
  });
  const delivery = startDelivery({
    journal,
    state,
    clock,
    random,
    target,
    interval: config.deliveryInterval,
    redeliverFor: config.redeliverFor,
    onGivenUp(what, files, error) {
      failed("delivery", `Log files of ${what}, now given up,`, error);
      log.warn({ err: error }, `${files} log files of ${what} could not be delivered for too long and are given up`);
    },
    onDelivered: forwarding.notify,
    onFailure: (what, error, nextAttemptInMs) => retried("delivery", `Delivery of ${what}`)(error, nextAttemptInMs),
  });

  const digests = startDigests({
    state,
    clock,
    target,
    keys,
    interval: config.digestInterval,
    onFailure: (what, error, nextAttemptInMs) =>
      retried("digests", `Delivery of digests of ${what}`)(error, nextAttemptInMs),
  });

  const positions = async () => ({
    history: history.position(),
    trails: await delivery.delivered(),
    ...forwarding.positions(),
  });
  const journalKeeper = keepJournal({
    journal,
    clock,
    retention: config.journalRetention,
    passed: async () =>
      Math.min(...Object.values(await positions()), intents?.neededAfter() ?? Number.POSITIVE_INFINITY),
    onFailure(error) {
      failed("journal", "Trimming the journal", error);
      log.warn({ err: error }, "The journal could not give up old entries");
    },
  });
  const written =
    replace.recorder ?? createRecorder({ journal, clock, random, room: () => freeBytes(config.data), intents });
  const recorder = metrics.counting(written);
  const authorization = authorize && createAuthorization(authorize, identity.seal);
  const signInParts = {
    state,
    identity,
    clock,
    random,
    defaultAccount: config.account,
    region: config.region,
    // What a page does for a person, such as switching to a role, is the person's own call.
    answerers: authorization ? authorizing(answerers, authorization) : answerers,
    recorder,
  };
  const signInRoutes = [...createSignIn(signInParts)].map(([path, route]): [string, OwnRoute] => [
    path,
    (head, _signal, body) => route(head, body),
  ]);
  const stopping = new AbortController();
  const health = createHealthCheck({
    folder: config.data,
    version,
    clock,
    journal,
    recorder: written,
    positions,
    upstreams: () => upstreams?.health() ?? {},
    failures,
    stopping: stopping.signal,
  });
  const consoleSessions = createConsoleSessions(signInParts);
  const guard = (routes: [string, OwnRoute][]) =>
    authorize
      ? guarded(new Map(routes), {
          identity,
          authorize,
          clock,
          region: config.region,
          organization: config.organization,
          personOf: (head) => consoleSessions.callerOf(head),
        })
      : new Map(routes);
  const permit = config.upstreamPolicies
    ? createAuthorization(authorizePassed(config, state, clock, serviceControl), identity.seal)
    : undefined;
  const upstreams =
    upstreamSettings &&
    (await openUpstreams(upstreamSettings, {
      state,
      identity,
      clock,
      defaultAccount: config.account,
      keys: config.upstreamCredentials,
      onFailure(what, error) {
        failed("upstream", what, error);
        log.warn({ err: error }, `${what} failed`);
      },
    }));
  const gateway = createGateway({
    upstreams: upstreams && { ...upstreams, permit },
    answerers,
    async authenticate(credential) {
      const resolved = await identity.resolve(credential);
      // Whom the upstream's records name by a key is who looks them up with it, too.
      if (!upstreams || resolved.secretAccessKey !== undefined) return resolved;
      return { caller: await upstreams.callerOf(credential ? { credential } : {}) };
    },
    authorize: authorization,
    trustedProxy: trustedProxy(config.trustedProxies),
    recorder,
    throttle: config.requestLimit === undefined ? undefined : createThrottle(config.requestLimit, clock),
    concurrencyLimit: config.concurrencyLimit,
    onOverload: metrics.onOverload,
    defaultAccount: config.account,
    clock,
    random,
    onDefect: (error, call) => log.error({ err: error, ...call }, "a call failed for a reason that is OpenTrail's own"),
    onCall: (call, answer, milliseconds) => {
      metrics.onCall(call, answer, milliseconds);
      const { caller, service, region } = call;
      if ("accessKeyId" in caller && caller.accessKeyId !== undefined)
        identity.used(caller.accessKeyId, { service: service.name, region });
    },
    ownRoutes: guard([
      ...ownRoutes({
        history,
        metrics,
        health,
        backlogs: delivery.backlogs,
        organizationOf: (account) => organizationToManage({ state, organization }, account),
        stopping: stopping.signal,
      }),
      ...signInRoutes,
      [instancesPath, ec2.instancePaths],
      [issuersPath, issuerRoute(createOutboundFederation({ state, seal: identity.seal }))],
    ]),
  });
  await ec2.interruptions.start();

  async function close(): Promise<void> {
    ec2.interruptions.stop();
    await upstreams?.close();
    await history.stop();
    await Promise.all([delivery.stop(), digests.stop(), forwarding.stop(), journalKeeper.stop()]);
    await intents?.close();
    await storage.close();
  }
  metrics.watch({ callsAtWork: gateway.callsAtWork });
  const { connections, warning } = connectionsWithin(descriptorLimit(), usualLimits.connections);
  if (warning) log.warn(warning);
  const limitsOfConnections = { ...usualLimits, connections };
  const listener = await openListener(config, tls, gateway.listener, metrics.onCut, limitsOfConnections).catch(
    async (error: unknown) => {
      await close();
      throw error;
    },
  );
  return {
    url: listener.url,
    ...(rootCredentials !== undefined && { rootCredentials }),
    actions: services.actions,
    async stop() {
      stopping.abort();
      const giveUp = setTimeout(() => void upstreams?.close(), upstreamsPatienceMs);
      await listener.close();
      clearTimeout(giveUp);
      const timer = new AbortController();
      const caughtUp = await Promise.race([
        history.caughtUp(journal.end()).then(() => true),
        pause(historyPatienceMs, false, { signal: timer.signal }).catch(() => false),
      ]);
      timer.abort();
      if (!caughtUp) log.warn("Event history couldn't take in all that the journal has; it goes on at the next start");
      await close();
    },
  };
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
