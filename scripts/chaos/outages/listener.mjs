import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';
import { addressOfHex, addressOfLsof, isOwn, listeningAddresses } from './address.mjs';

/**
 * The id of the process of this machine that listens at the address of a URL. `undefined`: the address is not of this
 * machine, this user may not see the process, or several processes listen there.
 */
export function listenerOf({ hostname, port, protocol }) {
  if (!isOwn(hostname)) return undefined;
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const addresses = listeningAddresses(hostname);
  const find = process.platform === 'linux' ? ofProcFiles : ofLsof;
  const [pid, ...others] = find(number, addresses);
  return others.length === 0 ? pid : undefined;
}

const LISTENING = '0A';
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** Links to the sockets that listen at a port of one of some addresses, as file descriptors have them. */
function socketsAt(port, addresses) {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(linesOf);
  const fields = lines.map((line) => line.trim().split(/\s+/));
  const isThere = (local) => {
    const [address, number] = local.split(':');
    return parseInt(number, 16) === port && addresses.has(addressOfHex(address, IS_LITTLE_ENDIAN));
  };
  return fields
    .filter(([, local, , state]) => state === LISTENING && isThere(local))
    .map((each) => `socket:[${each[9]}]`);
}

/** Ids of the processes that listen there. */
function ofProcFiles(port, addresses) {
  const sockets = new Set(socketsAt(port, addresses));
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

function ofLsof(port, addresses) {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpn'];
  const { stdout } = spawnSync('lsof', args, { encoding: 'utf8' });
  const pids = new Set();
  let pid;
  // A line begins with the name of its field: the process, then each of its sockets.
  for (const line of (stdout ?? '').split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    else if (line.startsWith('n') && addresses.has(addressOfLsof(line.slice(1)))) pids.add(pid);
  }
  return [...pids];
}
