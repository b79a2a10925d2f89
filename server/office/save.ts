// save.ts: hands what the hub answered to the person as a file, without it ever having an address.
function save(name: string, type: string, content: BlobPart): void {
  const link = window.document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function saveJson(name: string, document: object): void {
  save(name, 'application/json', JSON.stringify(document, null, 2));
}

/** Bytes as they came in an answer: base64url. */
export function saveBase64url(name: string, text: string): void {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  save(name, 'application/octet-stream', Uint8Array.from(plain, (sign) => sign.charCodeAt(0)));
}
