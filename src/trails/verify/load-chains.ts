import { s3Uri } from "./chain.ts";
import { type FoundDigest, type ListedDigest, readDigest } from "./digest.ts";
import { covering, listDigests, type Span } from "./listing.ts";
import type { Reading } from "./reading.ts";

/** The digests of one trail, account and Region. */
export interface Chain {
  /** For whoever reads of it. */
  readonly label: string;
  readonly trail: string;
  readonly homeRegion: string;
  /** Backfill digests have a chain of their own. */
  readonly backfill: boolean;
  /** All that are listed, in the order of their ends. */
  readonly listed: readonly ListedDigest[];
  /** Those that cover the span, read. */
  readonly digests: readonly FoundDigest[];
}

/** A folder of digests, `…/CloudTrail-Digest/<Region>/`. */
export interface DigestFolder {
  readonly bucket: string;
  readonly path: string;
  readonly account: string;
  readonly region: string;
}

const byEnd = (a: Pick<ListedDigest, "name">, b: Pick<ListedDigest, "name">) => a.name.end - b.name.end;

async function load(reading: Reading, listed: readonly ListedDigest[]): Promise<FoundDigest[]> {
  const found = await reading.each(listed, async (one) => {
    const object = await reading.get(one.bucket, one.key);
    return object && readDigest(reading.platform, one, object);
  });
  return found.filter((digest) => digest !== undefined);
}

/** The folders that digests name previous ones in: a trail may have delivered elsewhere before. */
function earlierFolders(digests: readonly FoundDigest[]): { bucket: string; path: string }[] {
  return digests.flatMap(({ content }) => {
    const { previousDigestS3Bucket: bucket, previousDigestS3Object: key } = content ?? {};
    const path = key && /^.*\/CloudTrail-Digest\/[^/]+\//.exec(key)?.[0];
    return bucket && path ? [{ bucket, path }] : [];
  });
}

/** The chains of digests in a folder, and in those where their trails delivered before. */
export async function loadChains(reading: Reading, folder: DigestFolder, span: Span): Promise<Chain[]> {
  const { source } = reading;
  const { account, region } = folder;
  const chains = new Map<string, { listed: ListedDigest[]; digests: FoundDigest[] }>();
  const seen = new Set<string>();
  const folders: { bucket: string; path: string }[] = [folder];
  for (const { bucket, path } of folders) {
    if (seen.has(s3Uri(bucket, path))) continue;
    seen.add(s3Uri(bucket, path));
    const here = new Map<string, ListedDigest[]>();
    for (const one of (await listDigests(source, bucket, path, span)).sort(byEnd)) {
      const id = `${one.name.trail}/${one.name.homeRegion}/${one.name.backfill ? "backfill" : ""}`;
      here.set(id, [...(here.get(id) ?? []), one]);
    }
    for (const [id, listed] of here) {
      const chain = chains.get(id) ?? { listed: [], digests: [] };
      chains.set(id, chain);
      const digests = await load(reading, covering(listed, span));
      chain.listed.push(...listed);
      chain.digests.push(...digests);
      if (source.original) folders.push(...earlierFolders(digests));
    }
  }
  return [...chains].map(([id, { listed, digests }]) => {
    const [trail = "", homeRegion = "", backfill] = id.split("/");
    const label = `trail ${trail} (${homeRegion}), account ${account}, ${region}${backfill ? ", backfill" : ""}`;
    return {
      ...{ label, trail, homeRegion, backfill: backfill !== "" },
      listed: listed.sort(byEnd),
      digests: digests.sort(byEnd),
    };
  });
}
