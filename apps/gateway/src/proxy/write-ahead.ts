/**
 * How much may wait for a slow reader before its sender is held back. A read brings up to 64 KiB: with Node's own limit below
 * that, each would be followed by a pause, also where the system has taken all of it at once.
 */
export const WRITE_AHEAD_BYTES = 128 * 1024;
