import type { Clock } from "../../aws/clock.ts";
import type { Identity } from "../../identity/index.ts";
import { invalid } from "./errors.ts";

// Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebsapi-faq.html
export const blockTokenLifeMs = 7 * 86_400_000;
const pageTokenLifeMs = 3_600_000;

/** Where a list goes on: for the same snapshots only. */
interface PageToken {
  readonly of: string;
  readonly start: number;
  readonly until: number;
}

interface BlockToken {
  readonly snapshot: string;
  readonly index: number;
  readonly hash: string;
  readonly until: number;
}

/** Tokens that carry what they stand for, sealed: nothing has to be kept for them, and nobody can make one. */
export interface Tokens {
  blockToken(snapshot: string, index: number, hash: string): Promise<string>;
  /** The hash of the block that the token is for. Throws ValidationException for another's, or one that is over. */
  openBlockToken(token: string, snapshot: string, index: number): Promise<string>;
  pageToken(of: string, start: number): Promise<string>;
  /** The index to go on from. Throws ValidationException. */
  openPageToken(token: string, of: string): Promise<number>;
}

export function createTokens({ seal, clock }: { readonly seal: Identity["seal"]; readonly clock: Clock }): Tokens {
  const close = async (purpose: string, content: object) =>
    (await seal.close(JSON.stringify(content), purpose)).toString("base64");
  async function open<Content>(purpose: string, token: string): Promise<Content | undefined> {
    const text = await seal.open(Buffer.from(token, "base64"), purpose);
    return text === undefined ? undefined : (JSON.parse(text) as Content);
  }

  return {
    blockToken: (snapshot, index, hash) =>
      close("ebs block", { snapshot, index, hash, until: clock.now() + blockTokenLifeMs } satisfies BlockToken),

    async openBlockToken(token, snapshot, index) {
      const found = await open<BlockToken>("ebs block", token);
      const isFor = found?.snapshot === snapshot && found.index === index;
      if (!isFor || found.until <= clock.now())
        throw invalid("The block token is not valid for this block, or it has expired.", "INVALID_BLOCK_TOKEN");
      return found.hash;
    },

    pageToken: (of, start) =>
      close("ebs page", { of, start, until: clock.now() + pageTokenLifeMs } satisfies PageToken),

    async openPageToken(token, of) {
      const found = await open<PageToken>("ebs page", token);
      if (found?.of !== of || found.until <= clock.now())
        throw invalid("The page token is not valid for this request, or it has expired.", "INVALID_PAGE_TOKEN");
      return found.start;
    },
  };
}
