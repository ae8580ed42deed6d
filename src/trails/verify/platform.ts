/** What verification takes from where it runs: Node, or the console's browser. */
export interface Platform {
  /** Hex SHA-256. */
  sha256(bytes: Uint8Array): Promise<string>;
  /** Bytes as they were before gzip; rejects when they aren't gzip, or were more than `most`. */
  gunzip(body: Uint8Array, most: number): Promise<Uint8Array>;
  /** Hex SHA-256 of bytes as they were before gzip, however many they are; undefined when they aren't gzip. */
  hashOfContent(body: Uint8Array): Promise<string | undefined>;
  /** Whether an RSASSA-PKCS1-v1_5 signature with SHA-256 is that of the text by the public key, a PKCS #1 DER. */
  isSigned(text: string, signature: Uint8Array, publicKey: Uint8Array): Promise<boolean>;
}
