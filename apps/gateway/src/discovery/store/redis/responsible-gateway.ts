/** FNV-1a, 32 bits, with a final mix: cheap, and uniform enough to divide work. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

/**
 * Rendezvous hashing: the one of `gateways` with the highest combined hash is responsible for the instance `id`. All
 * gateways choose the same one without communication, and when one leaves, only its instances are reassigned.
 * `undefined` if there are no gateways.
 */
export function responsibleGateway(id: string, gateways: readonly string[]): string | undefined {
  let chosen: string | undefined;
  let highest = -1;
  for (const gateway of gateways) {
    const weight = hash(`${id} ${gateway}`);
    if (weight > highest) [chosen, highest] = [gateway, weight];
  }
  return chosen;
}
