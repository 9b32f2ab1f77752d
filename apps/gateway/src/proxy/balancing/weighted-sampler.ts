import type { Instance } from '../../discovery/index.js';

/**
 * Draws list indexes with probabilities proportional to weight in constant time, by Vose's alias method: each index
 * keeps its own draw with some probability, and otherwise yields to one other index.
 */
export class WeightedSampler {
  private readonly keeps: Float64Array;
  private readonly alias: Uint32Array;

  constructor(instances: readonly Instance[]) {
    const { length } = instances;
    this.keeps = new Float64Array(length).fill(1);
    this.alias = new Uint32Array(length);
    const total = instances.reduce((sum, { weight }) => sum + weight, 0);
    this.deal(Float64Array.from(instances, ({ weight }) => (weight * length) / total));
  }

  /** An index, for a random number in [0, 1). */
  sample(random: number): number {
    const point = random * this.keeps.length;
    const place = Math.floor(point);
    return point - place < (this.keeps[place] ?? 1) ? place : (this.alias[place] ?? 0);
  }

  /** Fills indexes below the equal share from those above it. */
  private deal(shares: Float64Array): void {
    const poor: number[] = [];
    const rich: number[] = [];
    for (const [place, share] of shares.entries()) (share < 1 ? poor : rich).push(place);
    while (poor.length > 0 && rich.length > 0) {
      const taker = poor.pop() as number;
      const giver = rich.at(-1) as number;
      const share = shares[taker] as number;
      this.keeps[taker] = share;
      this.alias[taker] = giver;
      const left = (shares[giver] as number) - (1 - share);
      shares[giver] = left;
      if (left < 1) poor.push(rich.pop() as number);
    }
  }
}
