/** An Amazon Resource Name in its parts; `region` and `account` are "" where the resource has none. */
interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the fifth colon: `instance/i-1234567890abcdef0`, `bucket/key`. */
  readonly resource: string;
}

/** Takes an ARN apart; undefined when the text isn't one. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text);
  if (!match) return undefined;
  const [, partition = "", service = "", region = "", account = "", resource = ""] = match;
  return { partition, service, region, account, resource };
}

/** Puts an ARN together; the partition is `aws` when not given. */
export function formatArn(arn: Partial<Arn> & Pick<Arn, "service" | "resource">): string {
  const { partition = "aws", service, region = "", account = "", resource } = arn;
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}
