/** Returns a function that gives numbers from 0 to below 1, the same ones for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed * 2 + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
