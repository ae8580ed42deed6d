/** The condition keys that a policy document asks for, in conditions and in variables; as they are written, each once. */
export function contextKeysOf(document: string): string[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    return [];
  }
  const keys = new Map<string, string>();
  const add = (key: string) => keys.has(key.toLowerCase()) || keys.set(key.toLowerCase(), key);
  for (const match of document.matchAll(/\$\{\s*([^*?$},][^},]*?)\s*(?:,[^}]*)?\}/g)) add(match[1] ?? "");
  const statements = [(policy as { Statement?: unknown } | null)?.Statement ?? []].flat();
  for (const { Condition: conditions = {} } of statements as readonly { Condition?: object }[]) {
    for (const byKey of Object.values(conditions ?? {})) Object.keys(byKey as object).forEach(add);
  }
  return [...keys.values()];
}
