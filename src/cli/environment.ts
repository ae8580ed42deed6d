/** The Region that a command works in: its flag, else what AWS's own tools read. */
export function regionOf(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  return flag ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1";
}

/** Whether the person has said where their AWS credentials are. */
export function hasCredentials(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE || env.AWS_SHARED_CREDENTIALS_FILE);
}
