/** Clears up after a failure, which stays the one that is told; one of the clearing up becomes its cause. */
export async function clearUpAfter(failure: unknown, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (failure instanceof Error) failure.cause ??= error;
  }
}
