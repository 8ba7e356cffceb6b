/**
 * Weighted least squares with coefficients that are not negative. With few columns every choice of those that are not zero can be
 * tried, and the best one that has no negative coefficient is the exact solution: it is the one with the least error among them,
 * for the error is convex.
 */
export function nonNegativeLeastSquares(
  rows: readonly (readonly number[])[],
  wanted: readonly number[],
  weights: readonly number[],
): number[] {
  const columns = rows[0]?.length ?? 0;
  let best = { error: Infinity, solution: new Array<number>(columns).fill(0) };
  for (let chosen = 0; chosen < 1 << columns; chosen++) {
    const used = Array.from({ length: columns }, (_, i) => i).filter((i) => chosen & (1 << i));
    const coefficients = leastSquares(rows, wanted, weights, used);
    if (!coefficients?.every((each) => each >= 0)) continue;
    const solution = new Array<number>(columns).fill(0);
    used.forEach((column, i) => (solution[column] = coefficients[i]!));
    const error = rows.reduce((sum, row, i) => sum + weights[i]! * (wanted[i]! - dot(row, solution)) ** 2, 0);
    // One more column has to explain something.
    if (error < best.error * (1 - 1e-9)) best = { error, solution };
  }
  return best.solution;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, each, i) => sum + each * (b[i] ?? 0), 0);
}

/** By the normal equations of the columns that are used; undefined where they do not tell the columns apart. */
function leastSquares(
  rows: readonly (readonly number[])[],
  wanted: readonly number[],
  weights: readonly number[],
  used: readonly number[],
): number[] | undefined {
  const sumOf = (of: (row: readonly number[], i: number) => number) =>
    rows.reduce((sum, row, i) => sum + weights[i]! * of(row, i), 0);
  const matrix = used.map((a) => [
    ...used.map((b) => sumOf((row) => row[a]! * row[b]!)),
    sumOf((row, i) => row[a]! * wanted[i]!),
  ]);
  return solved(matrix);
}

/** Gauss's elimination of an extended matrix, which is small, symmetric and not negative. */
function solved(matrix: number[][]): number[] | undefined {
  const size = matrix.length;
  const scale = matrix.map((row, i) => row[i]!);
  for (let column = 0; column < size; column++) {
    const pivot = matrix[column]![column]!;
    if (!(pivot > scale[column]! * 1e-10)) return undefined;
    for (let row = column + 1; row < size; row++) {
      const factor = matrix[row]![column]! / pivot;
      for (let i = column; i <= size; i++) matrix[row]![i]! -= factor * matrix[column]![i]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const rest = dot(matrix[row]!.slice(row + 1, size), solution.slice(row + 1));
    solution[row] = (matrix[row]![size]! - rest) / matrix[row]![row]!;
  }
  return solution;
}
