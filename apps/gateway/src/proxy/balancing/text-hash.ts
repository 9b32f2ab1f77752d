const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A 32-bit hash of `text`: FNV-1a with the finalizer of MurmurHash3. Not cryptographic. */
export function hashOf(text: string, seed = 0): number {
  let hash = FNV_OFFSET ^ seed;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return mixed(hash);
}

/** The finalizer of MurmurHash3: a 32-bit hash whose every bit depends on all bits of `hash`. */
export function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
