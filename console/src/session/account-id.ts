/** `1234-5678-9012`, as the AWS console writes it. */
export function spacedAccount(account: string): string {
  return account.replace(/^(\d{4})(\d{4})(\d{4})$/, "$1-$2-$3");
}

/** `123456789012` of what somebody typed or pasted; an alias stays as it is. */
export function plainAccount(typed: string): string {
  const trimmed = typed.trim();
  return /^\d{4}-\d{4}-\d{4}$/.test(trimmed) ? trimmed.replaceAll("-", "") : trimmed;
}
