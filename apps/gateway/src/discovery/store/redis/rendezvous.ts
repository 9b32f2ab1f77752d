/** FNV-1a, 32 bits, with a final mix: cheap, and uniform enough to divide work. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

/**
 * Rendezvous hashing: the one of `members` with the highest combined hash is responsible for `subject`. All
 * members choose the same without communication, and when one leaves only its subjects move. `undefined` if
 * there are no members.
 */
export function chosenFor(subject: string, members: readonly string[]): string | undefined {
  let chosen: string | undefined;
  let highest = -1;
  for (const member of members) {
    const weight = hash(`${subject} ${member}`);
    if (weight > highest) [chosen, highest] = [member, weight];
  }
  return chosen;
}
