// early.ts: a script of its own in the head of a kiosk's page: the line to the daemon opens while the app is still on its way.
import { daemonSocket } from '../../shared/ui/socket.ts';

declare global {
  interface Window {
    earlySocket?: WebSocket | undefined;
  }
}

window.earlySocket = daemonSocket();
