// socket.ts: the WebSocket of a kiosk's page.

/** A line to the daemon that served this page, being opened. */
export function daemonSocket(): WebSocket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/call`, 'tutti.call.v1');
  socket.binaryType = 'arraybuffer';
  return socket;
}
