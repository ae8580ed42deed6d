import { readdirSync, readFileSync } from "node:fs";

export interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const root = new URL("..", import.meta.url);
export const { packages } = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8")) as {
  packages: Readonly<Record<string, Package>>;
};

/** Where the lock file has what `name` means to the package at `from`: as Node looks for it, from inside out. */
function resolved(name: string, from: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (at === "") return undefined;
  }
}

/** The packages that the console's code names: Vite puts them into what is shipped. */
function ofTheConsole(): string[] {
  const named = new Set<string>();
  for (const file of readdirSync(new URL("console/src", root), { recursive: true, encoding: "utf8" })) {
    if (!/(?<!\.test)\.tsx?$/.test(file)) continue;
    const text = readFileSync(new URL(`console/src/${file}`, root), "utf8");
    for (const [, name = ""] of text.matchAll(/(?:from|import) "((?:@[\w.-]+\/)?[\w-][\w.-]*)/g)) named.add(name);
  }
  return [...named].filter((name) => packages[""]?.devDependencies?.[name] !== undefined);
}

/** The paths of all packages that are shipped: what OpenTrail needs, and what is in the console. */
export function shipped(): string[] {
  const paths = new Set(Object.keys(packages).filter((path) => path !== "" && !packages[path]?.dev));
  const open = ofTheConsole().map((name) => `node_modules/${name}`);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (paths.has(path)) continue;
    paths.add(path);
    const { dependencies, optionalDependencies } = packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolved(name, path);
      if (found !== undefined) open.push(found);
    }
  }
  return [...paths];
}
