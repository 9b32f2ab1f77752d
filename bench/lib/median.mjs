/** The median of numbers; `undefined` for none. */
export function median(numbers) {
  const sorted = numbers.filter((number) => number !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The mean of numbers and its standard error; `undefined` for fewer than two. */
export function meanOf(numbers) {
  const count = numbers.length;
  if (count < 2) return undefined;
  const mean = numbers.reduce((sum, number) => sum + number, 0) / count;
  const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / (count - 1);
  return { mean, error: Math.sqrt(variance / count) };
}
