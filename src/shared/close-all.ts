/** Closing several things of which each must be closed, whatever closing the others did. */

/** Takes every step in its order, and throws at the end what the first that failed threw. */
export async function closeAll(...steps: readonly (() => Promise<unknown> | undefined)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
