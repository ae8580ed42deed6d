/** Has the browser save a file. */
export function saveFile(name: string, content: Uint8Array | string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content as Uint8Array<ArrayBuffer> | string], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
