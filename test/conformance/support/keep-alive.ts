import { readFileSync } from 'node:fs';

const ESTABLISHED = '01';
/** Code of the TCP keep-alive timer in /proc/net/tcp. */
const KEEP_ALIVE = '02';

const portOf = (address = ''): number => parseInt(address.split(':')[1] ?? '', 16);

/** Whether TCP keep-alive is active for a connection; `from` and `to` are its local and remote ports. */
export function hasKeepAliveTimer({ from, to }: { from?: number; to?: number }): boolean {
  const lines = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  const sockets = lines.map((line) => line.trim().split(/\s+/));
  return sockets.some(
    ([, local, remote, state, , timer = '']) =>
      state === ESTABLISHED &&
      timer.startsWith(`${KEEP_ALIVE}:`) &&
      (from === undefined || portOf(local) === from) &&
      (to === undefined || portOf(remote) === to),
  );
}
