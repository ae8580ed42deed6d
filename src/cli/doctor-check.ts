/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, in one line. */
  readonly found: string;
  /** What to do when it isn't right. */
  readonly remedy?: string;
}

export const right = (name: string, found: string): Check => ({ name, ok: true, found });
export const wrong = (name: string, found: string, remedy: string): Check => ({ name, ok: false, found, remedy });

/** The check's outcome; what can't be looked at is wrong, and the error's first line says why. */
export async function looked(name: string, remedy: string, look: () => Promise<Check | Check[]>): Promise<Check[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    return [wrong(name, (error as Error).message.split("\n")[0] ?? "", remedy)];
  }
}
