// hand_over.ts: a file leaves this device: to another app, where it can hand one over, else into the downloads.

/** True: another app took it. */
async function share(name: string, bytes: Uint8Array): Promise<boolean> {
  const files = [new File([bytes as Uint8Array<ArrayBuffer>], name, { type: 'application/octet-stream' })];
  if (!navigator.canShare?.({ files })) return false;
  try {
    await navigator.share({ files });
    return true;
  } catch {
    return false; // put away, or not allowed: it is saved instead
  }
}

/** Long enough for a browser that reads a file after it was asked to save it. */
const keptMs = 60_000;

function download(name: string, file: Uint8Array): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(new Blob([file as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }));
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), keptMs);
}

export async function handOver({ name, file }: { name: string; file: Uint8Array }): Promise<void> {
  if (!(await share(name, file))) download(name, file);
}
