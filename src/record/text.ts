/** "VpcId" → "vpcId"; only the first letter: "SSHPublicKey" → "sSHPublicKey", as AWS writes it. */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** "vpcId" → "VpcId" */
export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
