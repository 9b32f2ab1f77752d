import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { isLoopback } from '../../smoke/loopback.mjs';

/**
 * The id of the process of this machine that listens at the address of a URL. `undefined`: the address is not of this
 * machine, this user may not see the process, or several processes listen at the port.
 */
export function listenerOf({ hostname, port, protocol }) {
  if (!isOwn(hostname)) return undefined;
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const [pid, ...others] = process.platform === 'linux' ? ofProcFiles(number) : ofLsof(number);
  return others.length === 0 ? pid : undefined;
}

function isOwn(hostname) {
  const address = hostname.replace(/^\[|\]$/g, '');
  const own = Object.values(networkInterfaces()).flat();
  return isLoopback(hostname) || own.some((each) => each.address === address);
}

const LISTENING = '0A';

/** Links to the sockets that listen at a port, as file descriptors have them. */
function socketsAt(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(linesOf);
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields
    .filter(([, local = '', , state]) => state === LISTENING && local.endsWith(`:${hex}`))
    .map((each) => `socket:[${each[9]}]`);
}

/** Ids of the processes that listen at a port. */
function ofProcFiles(port) {
  const sockets = new Set(socketsAt(port));
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => openFilesOf(pid).some((file) => sockets.has(file))).map(Number);
}

const openFilesOf = (pid) =>
  orElse(() => readdirSync(`/proc/${pid}/fd`), []).map((name) =>
    orElse(() => readlinkSync(`/proc/${pid}/fd/${name}`), ''),
  );

const linesOf = (file) => orElse(() => readFileSync(file, 'utf8'), '').split('\n');

/** Files of other users cannot be read, and those of a process that has ended are gone. */
function orElse(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function ofLsof(port) {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'];
  const { stdout } = spawnSync('lsof', args, { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter(Boolean).map(Number);
}
