// sw.ts: the service worker: keeps one whole build in the cache, by hash, and answers from it alone; a newer build waits until it is asked for.
//
// Every file is kept under its hash, so that a new build fetches only what changed, and a build is never half of one and half of another.

/** [path below the scope, base64 of its SHA-256], put in by field.mjs. */
declare const BUILD_FILES: readonly (readonly [string, string])[];

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: 'install' | 'activate', run: (event: Lasting) => void): void;
  addEventListener(kind: 'fetch', run: (event: Fetching) => void): void;
  addEventListener(kind: 'message', run: (event: MessageEvent<unknown>) => void): void;
}

const scope = self as unknown as Scope;
const cacheName = 'tutti-build';
const page = 'index.html';
const base = new URL(scope.registration.scope);
const files = new Map(BUILD_FILES);

const keyOf = (path: string, hash: string): string => new URL(`${path}?${encodeURIComponent(hash)}`, base).href;

/** The browser checks the hash: what a proxy or a hub in the middle of its own update sends is not taken for this build. */
async function fetchFile(cache: Cache, path: string, hash: string): Promise<void> {
  const key = keyOf(path, hash);
  if (await cache.match(key)) return;
  const answer = await fetch(new URL(path, base), { integrity: `sha256-${hash}`, cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path} did not come (${answer.status})`);
  await cache.put(key, answer);
}

async function keepBuild(): Promise<void> {
  const cache = await caches.open(cacheName);
  await Promise.all([...files].map(([path, hash]) => fetchFile(cache, path, hash)));
}

/** The files of builds before this one; they were kept for the pages that were open. */
async function dropOthers(): Promise<void> {
  const cache = await caches.open(cacheName);
  const ours = new Set([...files].map(([path, hash]) => keyOf(path, hash)));
  for (const request of await cache.keys()) if (!ours.has(request.url)) await cache.delete(request);
  await scope.clients.claim();
}

/** The path below the scope; the page itself for the scope and everything that is a place in it. */
function pathOf(request: Request): string | null {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return null;
  const path = url.pathname.slice(base.pathname.length);
  return path === '' ? page : path;
}

async function answer(request: Request, path: string, hash: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  // A browser that was short of space may have dropped it: then only the hub has it.
  return (await cache.match(keyOf(path, hash))) ?? fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(keepBuild()));
scope.addEventListener('activate', (event) => event.waitUntil(dropOthers()));
scope.addEventListener('message', (event) => {
  if (event.data === 'apply') void scope.skipWaiting();
});
scope.addEventListener('fetch', (event) => {
  const path = pathOf(event.request);
  const hash = path === null ? undefined : files.get(path);
  if (path !== null && hash !== undefined) event.respondWith(answer(event.request, path, hash));
});
