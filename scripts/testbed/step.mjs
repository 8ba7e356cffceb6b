// @ts-check

/**
 * Runs one step of the set-up and prints what it found or set up, and how long it took.
 * @template T
 * @param {string} name
 * @param {(say: (found: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const start = performance.now();
  const found = /** @type {string[]} */ ([]);
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    const result = await work((text) => found.push(text));
    console.log(`• ${name}: ${found.join(', ') || 'done'} (${seconds()})`);
    return result;
  } catch (error) {
    console.log(`• ${name}: failed (${seconds()})`);
    throw error;
  }
}
