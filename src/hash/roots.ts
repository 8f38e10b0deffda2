/**
 * The constants of SHA-256 as FIPS 180-4 defines them (§4.2.2, §5.3.3). They are computed, because their table would be half as
 * long as the code of sha256-small.ts. sha256-halves.ts has a table, because its boards compute slowly with doubles.
 */

/** Its square is the largest one of a prime below 311, the 64th prime: a number up to there without a divisor is prime. */
const DIVISOR_MAX = 17;

/**
 * The first 32 bits of the fractional parts of the roots of the first `count` primes, at most 64: square roots for `degree` 2,
 * cube roots for 3. Newton's steps need no `pow`, which is inexact in some engines. They begin at the root of the prime
 * before, so five reach the precision of a double. No root times 2^32 is closer than 0.005 to a whole number. An Int32Array
 * takes numbers modulo 2^32. Allocates the result.
 */
export function rootsOfPrimes(count: number, degree: number): Int32Array {
  const roots = new Int32Array(count);
  let found = 0;
  let root = 1;
  for (let n = 2; found < count; n++) {
    let divisor = 2;
    while (n % divisor && divisor < DIVISOR_MAX) divisor++;
    if (n % divisor || n === divisor) {
      for (let step = 0; step < 5; step++) root -= (root - n / root / (degree > 2 ? root : 1)) / degree;
      roots[found++] = root * 4294967296;
    }
  }
  return roots;
}
