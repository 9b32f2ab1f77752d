import type { Instance } from '../../discovery/index.js';
import { hashOf } from './text-hash.js';

/** Prime table sizes; a hundred slots per instance keep shares within a few per cent. */
const SMALL = 2_039;
const LARGE = 65_537;
const SLOTS_PER_INSTANCE = 100;
/** Minimum weight relative to the heaviest; smaller weights are raised to it to bound the time to fill the table. */
const LEAST_SHARE = 0.01;

/**
 * Google's Maglev hashing: every instance has its own order of slots, and instances take their next free slot in
 * turn. A look-up is one read; when an instance leaves, nearly all other slots keep their owner.
 * @returns for each slot, the index in `instances` of its owner
 */
export function maglevTable(instances: readonly Instance[]): Uint32Array {
  const size = instances.length * SLOTS_PER_INSTANCE > SMALL ? LARGE : SMALL;
  const owners = new Uint32Array(size);
  const isTaken = new Uint8Array(size);
  const turns = turnsOf(instances, size);
  for (let left = size; left > 0;)
    for (const [place, turn] of turns.entries()) {
      turn.credit += turn.share;
      if (turn.credit < 1) continue;
      turn.credit -= 1;
      owners[nextFree(turn, isTaken)] = place;
      left -= 1;
      if (left === 0) break;
    }
  return owners;
}

/** The next slot of an instance, and how often the instance takes a slot. */
interface Turn {
  slot: number;
  readonly skip: number;
  readonly share: number;
  credit: number;
}

function turnsOf(instances: readonly Instance[], size: number): Turn[] {
  const heaviest = instances.reduce((most, { weight }) => Math.max(most, weight), 0);
  return instances.map(({ id, weight }) => ({
    slot: hashOf(id) % size,
    // The table size is prime, so any skip below it visits every slot.
    skip: (hashOf(id, 1) % (size - 1)) + 1,
    share: Math.max(weight / heaviest, LEAST_SHARE),
    credit: 0,
  }));
}

function nextFree(turn: Turn, isTaken: Uint8Array): number {
  while (isTaken[turn.slot] === 1) turn.slot = (turn.slot + turn.skip) % isTaken.length;
  isTaken[turn.slot] = 1;
  return turn.slot;
}
