/** What people launch most, by the architecture of the image; the first is chosen. */
const common: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["t3.micro", "t3.small", "t3.medium", "m7i.large", "m7i.xlarge", "c7i.large", "r7i.large"],
  arm64: ["t4g.micro", "t4g.small", "t4g.medium", "m7g.large", "m7g.xlarge", "c7g.large", "r7g.large"],
};

export function instanceTypesFor(architecture: string | undefined): readonly string[] {
  return common[architecture ?? ""] ?? common.x86_64 ?? [];
}

/** The user that an image's system lets in, by the image's name. */
const osUsers: readonly (readonly [pattern: RegExp, user: string])[] = [
  [/ubuntu/i, "ubuntu"],
  [/debian/i, "admin"],
  [/windows/i, "Administrator"],
];

export function osUserOf(imageName: string | undefined): string {
  return osUsers.find(([pattern]) => pattern.test(imageName ?? ""))?.[1] ?? "ec2-user";
}
