/** FNV-1a, 32 bits, and a last stir: cheap, and spread well enough to share work by. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

/**
 * Who of `members` takes `subject`, by the highest hash of both: all members agree without a word, and when one goes only
 * what it had moves. `undefined` when there is nobody.
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
