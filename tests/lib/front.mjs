// front.mjs: a TLS front of a hub, as nginx stands before one: passes requests and WebSockets on, and can change a script on its way.
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import { connect } from 'node:tls';
import { gunzipSync } from 'node:zlib';

/** While `change` is set, the file whose name is `change.name` is what `change.make` makes of it. */
export async function startFront({ port, hubPort, certificate, key }) {
  const front = { change: null };
  const to = { host: 'localhost', port: hubPort, rejectUnauthorized: false };
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const { change } = front;
    const changed = change && incoming.url.endsWith(`/${change.name}`);
    const headers = { ...incoming.headers };
    if (changed) {
      delete headers['if-none-match'];
      headers['accept-encoding'] = 'gzip';
    }
    const passed = request({ ...to, method: incoming.method, path: incoming.url, headers }, (answer) => {
      if (!changed) {
        outgoing.writeHead(answer.statusCode, answer.headers);
        return answer.pipe(outgoing);
      }
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => {
        const { 'content-encoding': packed, 'content-length': length, etag, ...rest } = answer.headers;
        outgoing.writeHead(answer.statusCode, rest).end(change.make(gunzipSync(Buffer.concat(pieces)).toString()));
      });
    });
    passed.on('error', () => incoming.socket.destroy());
    incoming.pipe(passed);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const hub = connect({ ...to }, () => {
      hub.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${incoming.rawHeaders.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `)).join('')}\r\n`);
      hub.write(head);
      hub.pipe(socket).pipe(hub);
    });
    for (const [one, other] of [[hub, socket], [socket, hub]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  front.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return front;
}
